import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nativeDeath, nativeDeaths, otherEngine } from '../../core/nativeDeath';
import type { EngineName } from '../../core/runs/spec';
import { UsageError } from '../../core/usageError';
import { tensorFlowEnvironment } from '../../engines/tensorflow/environment';
import { isMissing } from '../../node/files/explain';
import { type Child, launchSelf } from './launch';
import type { Candidate, Measurement, Memory, Ready, Subject } from './subject';

type Ending = Parameters<typeof nativeDeath>[0];

/** A process of its own for one candidate and one subject: its peak memory is its own, and it waits while others run. */
export class Contestant {
  readonly #label: string;
  /** Null: a peer. */
  readonly #engine: EngineName | null;
  readonly #child: Child;
  readonly #answers: AsyncIterator<string>;
  /** It has ended, and all that it printed is here. */
  readonly #closed: Promise<Ending>;
  #errors = '';
  #ready: Ready | null = null;

  /** @param reference of a peer's network or layer: the folder with ours. */
  constructor(candidate: Candidate, subject: Subject, reference?: string) {
    this.#engine = 'engine' in candidate ? candidate.engine : null;
    this.#label = 'engine' in candidate ? candidate.engine : candidate.peer;
    this.#child = launch(candidate);
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.#closed = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => resolve({ code, signal })),
    );
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#errors = `${this.#errors}${text}`.slice(-4000);
    });
    this.#child.on('error', ({ message }) => {
      this.#errors = message;
    });
    // A write to a process that is gone is noticed by the answer that does not come.
    this.#child.stdin.on('error', () => {});
    this.#say({ ...subject, reference });
  }

  /** "Keras 3.15.1 on TensorFlow 2.21.0" and the device, once it has warmed up. */
  get ready(): Ready {
    if (!this.#ready) throw new Error(`${this.#label} has not warmed up.`);
    return this.#ready;
  }

  /** Whatever it does for the first time. Throws an error with the reason that the process gave. */
  async warmUp(): Promise<void> {
    this.#ready = await this.#answer<Ready>();
  }

  /** Milliseconds a step, over about so many seconds. */
  async measure(seconds: number): Promise<number> {
    const measured = await this.#ask<Measurement>({ seconds });
    return (1000 * measured.seconds) / measured.steps;
  }

  async end(): Promise<Memory> {
    const memory = await this.#ask<Memory>({ end: true });
    this.#child.stdin.end();
    return memory;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ask<Answer>(request: object): Promise<Answer> {
    this.#say(request);
    return this.#answer();
  }

  #say(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #lastWords(end: Ending): string {
    const death = nativeDeath(end);
    if (!death) return `${this.#label} ended before it had answered: ${lastLine(this.#errors)}`;
    const what = `${death} ended ${this.#label} while it was timed: ${nativeDeaths[death]}.`;
    return this.#engine ? `${what} Another engine may do it: --engine ${otherEngine(this.#engine)}.` : what;
  }

  /** The next line that is JSON; libraries print whatever they like beside it. */
  async #answer<Answer>(): Promise<Answer> {
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) {
        throw new Error(this.#lastWords(await this.#closed));
      }
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }
}

/** @throws UsageError when it can't be started at all */
export function assertStarts(python: string): void {
  const { error } = spawnSync(python, ['--version'], { stdio: 'ignore' });
  if (!error) return;
  const reason = isMissing(error) ? 'there is no such program' : 'it is no program that may be run';
  throw new UsageError(
    `--peer can't be ${python}: ${reason}. Give the path of a Python that has Keras or PyTorch.`,
  );
}

function launch(candidate: Candidate): Child {
  if ('python' in candidate) {
    const folder = fileURLToPath(new URL('./peer', import.meta.url));
    // -B: leaves no compiled files in our folder.
    return spawn(candidate.python, ['-B', folder, candidate.peer], { stdio: ['pipe', 'pipe', 'pipe'] });
  }
  const { engine } = candidate;
  return launchSelf(['bench-contestant', engine], engine === 'tensorflow' ? tensorFlowEnvironment : {});
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'it said nothing';
