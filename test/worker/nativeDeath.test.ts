import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nativeDeaths } from '../../src/core/nativeDeath';
import type { RunEvent } from '../../src/core/runs/events';
import { ensureTensorFlow } from '../../src/tools/setup/tensorFlow';
import { main } from './support/involution';
import { outcome, runsIn } from './support/outcome';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let base: string;
beforeAll(async () => {
  await ensureTensorFlow();
  base = await mkdtemp(join(tmpdir(), "involution's deaths "));
});
afterAll(() => rm(base, { recursive: true }));

const hook = import.meta.resolve('./support/nativeDeath.mjs');

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** The command, as a person types it into a shell. */
function typed(words: string, death?: { signal: string; step: number }): Promise<Ended> {
  const preload = death ? ['--import', hook] : [];
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), ...preload, main].map(quoted);
  const env = { ...process.env, INVOLUTION_LAB_THREADS: '2', DEATH: JSON.stringify(death) };
  return new Promise((resolve) => {
    const child = execFile('bash', ['-c', `exec ${node.join(' ')} ${words}`], { env }, (_, _out, errors) =>
      resolve({ code: child.exitCode, signal: child.signalCode, errors }),
    );
  });
}
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** One model, four epochs of three steps. */
const training = (runs: string, engine = 'tensorflow') =>
  `train --model involution --train-count 10 --validation-count 10 --batch-size 4 --epochs 4 --seed 5 --engine ${engine} --runs ${quoted(join(base, runs))}`;

/** As the log has them. */
const steps = async (runFolder: string) => {
  const { story } = await outcome(runFolder);
  return (story as RunEvent[]).flatMap((event) => (event.type === 'batch' ? [event.step] : []));
};
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe.runIf(process.platform !== 'win32')('a native death', () => {
  it.each(Object.keys(nativeDeaths).filter((name) => name !== 'SIGTRAP') as (keyof typeof nativeDeaths)[])(
    'by %s is told, with what it was doing and how to go on, on another engine',
    async (signal) => {
      const { code, signal: ownSignal, errors } = await typed(training(signal), { signal, step: 5 });
      expect({ code, ownSignal }, errors).toEqual({ code: 1, ownSignal: null });
      const [runFolder] = await runsIn(join(base, signal));
      // The log is written at the end of each epoch at the latest.
      const logged = await steps(runFolder!);
      expect([5, 6].map(upTo)).toContainEqual(logged);
      const told = errors.split('\n').find((line) => line.startsWith('involution: '))!;
      expect(told).toMatch(
        new RegExp(
          `^involution: ${signal} ended the process that computed on the tensorflow engine while it trained Involution, at or after epoch 2, step ${logged.length}: `,
        ),
      );
      expect(told).toContain(nativeDeaths[signal]);
      const [, command] = / on another engine: involution (resume .*)$/.exec(told)!;
      expect(command).toMatch(/ --engine wasm$/);

      const resumed = await typed(command!);
      expect(resumed.code, resumed.errors).toBe(0);
      expect(await steps(runFolder!)).toEqual(upTo(12));
    },
  );

  it('of an evaluation, before any engine has started, says what to type instead', async () => {
    expect((await typed(training('whole', 'wasm'))).code).toBe(0);
    const [runFolder] = await runsIn(join(base, 'whole'));
    const dying =
      "data:text/javascript,if(process.env.INVOLUTION_LAB_WATCHER)process.kill(process.pid,'SIGSEGV')";
    const evaluation = (options: string) => typed(`evaluate ${quoted(runFolder!)} ${options}`, undefined);
    vi.stubEnv('NODE_OPTIONS', `--import ${dying}`);
    const { code, errors } = await evaluation('--engine tensorflow');
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^involution: SIGSEGV ended the process that computed on the tensorflow engine: .*\. Another engine may do it: the same command with --engine wasm\.\n$/m,
    );
    expect((await evaluation('--engine wasm')).code).toBe(0);
    vi.unstubAllEnvs();
  });

  it('of a contestant of bench is told, and it is left out', async () => {
    const dying =
      "data:text/javascript,if(process.argv[2]==='bench-contestant')process.kill(process.pid,'SIGILL')";
    vi.stubEnv('NODE_OPTIONS', `--import ${dying}`);
    const { code, errors } = await typed(
      'bench --engine tensorflow --batch-size 1 --rounds 1 --seconds 0.01',
    );
    vi.unstubAllEnvs();
    expect(code).toBe(1);
    expect(errors).toContain(
      'SIGILL ended tensorflow while it was timed: native code has an instruction that this processor lacks. Another engine may do it: --engine wasm.',
    );
  });
});
