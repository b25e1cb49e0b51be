import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/core/random';
import type { Fault } from '../worker/support/faults.mjs';
import { runsIn } from '../worker/support/outcome';
import { BuiltCommand, type Launch } from './builtCommand';
import { assertInWords, eventsOf, isOver } from './invariants';
import { processMark } from './processes';
import { type SoakSpec, wordsOf } from './specs';

/** Something that must never be seen, in words. */
export class Violation extends Error {}

/** One run and what happens to it. Between two disturbances no process trains it. */
export class Scene {
  private constructor(
    /** All that belongs to the round. */
    readonly folder: string,
    readonly runsFolder: string,
    readonly spec: SoakSpec,
    readonly random: Random,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  static async make(
    folder: string,
    spec: SoakSpec,
    random: Random,
    runsFolder = join(folder, 'runs'),
  ): Promise<Scene> {
    const temporary = join(folder, 'tmp');
    await mkdir(temporary, { recursive: true });
    const env = { ...processMark(folder), TMPDIR: temporary };
    return new Scene(folder, runsFolder, spec, random, env);
  }

  /** Null as long as there is none. */
  async run(): Promise<string | null> {
    const runs = await runsIn(this.runsFolder);
    if (runs.length > 1) throw new Violation(`There are ${runs.length} runs where one was begun.`);
    return runs[0] ?? null;
  }

  async isOver(): Promise<boolean> {
    const run = await this.run();
    return run !== null && isOver(run);
  }

  /** How many events the log has. */
  async logged(): Promise<number> {
    const run = await this.run();
    return run ? (await eventsOf(run)).length : 0;
  }

  /** Trains: from the begin, or on. */
  async begin({ fault }: { fault?: Omit<Fault, 'below'> } = {}): Promise<BuiltCommand> {
    const run = await this.run();
    const words = run ? ['resume', run] : ['train', ...wordsOf(this.spec), '--runs', this.runsFolder];
    return this.#launch(words, { fault: fault && { ...fault, below: this.runsFolder } });
  }

  /** Trains a run on, wherever it is. */
  resume(run: string, isElsewhere = false): BuiltCommand {
    return this.#launch(['resume', run], { isElsewhere });
  }

  #launch(words: string[], how: Omit<Launch, 'env'>): BuiltCommand {
    const threads = String(1 + this.random.below(2));
    return new BuiltCommand(words, { env: { ...this.env, INVOLUTION_LAB_THREADS: threads }, ...how });
  }

  /** Waits for the end of a command, which has to be one of the expected ones, with words for a person. */
  async ended(command: BuiltCommand, ...expected: (number | NodeJS.Signals)[]): Promise<number | string> {
    const exit = await command.exit;
    await appendFile(join(this.folder, 'commands.log'), `${command.line}\n${command.errors}→ ${exit}\n\n`);
    if (!expected.includes(exit))
      throw new Violation(`A command ended with ${exit}, not ${expected.join(' or ')}: ${command.errors}`);
    assertInWords(command.errors);
    return exit;
  }

  /** Trains until it has made so many steps, or is at its end. */
  async beginAndReach(steps: number): Promise<BuiltCommand> {
    const command = await this.begin();
    await command.reaches(() => command.batches() >= steps);
    return command;
  }

  /** Lets it train a few steps, and asks it to end. */
  async stopped(command: BuiltCommand): Promise<number | string> {
    const steps = this.fewSteps();
    await command.reaches(() => command.batches() >= steps);
    command.process.kill('SIGINT');
    return this.ended(command, 130, 0);
  }

  /** So that there is an unfinished run: trains a few steps, and kills it. Null where it came to its end. */
  async unfinishedRun(): Promise<string | null> {
    const command = await this.beginAndReach(this.fewSteps());
    command.process.kill('SIGKILL');
    await this.ended(command, 'SIGKILL', 0);
    return (await this.isOver()) ? null : this.run();
  }

  fewSteps(): number {
    return 1 + this.random.below(30);
  }

  chance(): boolean {
    return this.random.below(2) === 0;
  }

  oneOf<T>(things: readonly T[]): T {
    return things[this.random.below(things.length)]!;
  }

  /** Such words must have been said to the person. */
  says(command: BuiltCommand, expected: RegExp): void {
    if (!expected.test(command.errors)) throw new Violation(`${expected} was not said: ${command.errors}`);
  }

  /** Gives the milliseconds. */
  async pause(below: number): Promise<number> {
    const milliseconds = this.random.below(below);
    await sleep(milliseconds);
    return milliseconds;
  }
}
