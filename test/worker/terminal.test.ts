import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listCheckpoints } from '../../src/node/runs/checkpoints';
import { readRun } from '../../src/node/runs/runList';
import { Involution, main } from './support/involution';

vi.setConfig({ testTimeout: 300_000 });

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution terminal '));
});
afterAll(() => rm(base, { recursive: true }));

const words = (runs: string, epochs: number) => [
  ...'train --model involution --train-count 300 --validation-count 50 --batch-size 16 --engine wasm'.split(
    ' ',
  ),
  ...['--epochs', String(epochs), '--runs', join(base, runs)],
];
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** As a person types it, from the sources. */
const typed = (runs: string, epochs: number) =>
  [process.execPath, '--import', import.meta.resolve('tsx'), main, ...words(runs, epochs)]
    .map(quoted)
    .join(' ');

interface Shell {
  readonly process: ChildProcess;
  readonly text: () => string;
}

function shell(command: string, ...wrapper: string[]): Shell {
  const [program, ...options] = [...wrapper, 'bash', '-c', command];
  const started = spawn(program!, options, {
    env: { ...process.env, INVOLUTION_LAB_THREADS: '2', SHELL: '/bin/bash' },
  });
  let text = '';
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (data) => {
      text += data;
    });
  return { process: started, text: () => text };
}

/** In a terminal of its own, which is gone when the process is killed. */
function terminal(command: string): Shell {
  return shell(`exec script -qec ${quoted(command)} /dev/null`);
}

/**
 * A command that a shell of the terminal waits for. With that one's end the system sends SIGHUP to the others; the one
 * between catches it (it does not ignore it), to tell how the command ended.
 */
const watched = (command: string, codeFile: string) =>
  `(trap : HUP; ${command}; echo $? > ${quoted(join(base, codeFile))}); true`;

const isTraining = ({ text }: Shell) => vi.waitFor(() => expect(text()).toMatch(/epoch +1 /), 120_000);
const exitCodeIn = (name: string) =>
  vi.waitFor(async () => Number((await readFile(join(base, name), 'utf8')).match(/\d+\n/)![0]), 60_000);

async function theRun(runs: string): Promise<string> {
  const names = (await readdir(join(base, runs))).filter((name) => !name.startsWith('.'));
  expect(names).toHaveLength(1);
  return join(base, runs, names[0]!);
}

/** Saved in order: nothing is left behind, and the last checkpoint stands where the log does. */
async function expectSaved(runs: string): Promise<void> {
  const folder = await theRun(runs);
  expect((await readRun(folder)).overview.state).toBe('stopped');
  expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'involution', 'run.json']);
  const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trim().split('\n');
  const { step } = lines.map((line) => JSON.parse(line)).findLast(({ type }) => type === 'batch') ?? {
    step: 0,
  };
  const last = (await listCheckpoints(folder, 'involution')).at(-1)!;
  expect(last.epoch * 19 + last.batch).toBe(step);
}

describe('a training', () => {
  it('whose terminal is closed saves and ends', async () => {
    const { process: emulator, ...seen } = terminal(watched(typed('closed', 1000), 'closed.code'));
    await isTraining({ process: emulator, ...seen });
    emulator.kill('SIGKILL');
    expect(await exitCodeIn('closed.code')).toBe(130);
    await expectSaved('closed');
  });

  it('whose reader leaves saves and ends', async () => {
    const { process: pipeline } = shell(`${typed('head', 1000)} | head -3; exit \${PIPESTATUS[0]}`);
    expect((await once(pipeline, 'exit'))[0]).toBe(130);
    await expectSaved('head');
  });

  it('under nohup goes on when its terminal is closed', async () => {
    const runs = join(base, 'nohup');
    const { process: emulator } = terminal(
      `cd ${quoted(base)}; ${watched(`nohup ${typed('nohup', 12)}`, 'nohup.code')}`,
    );
    await vi.waitFor(
      async () => expect(await readFile(join(base, 'nohup.out'), 'utf8')).toMatch(/epoch +1 /),
      120_000,
    );
    emulator.kill('SIGKILL');
    expect(await exitCodeIn('nohup.code')).toBe(0);
    expect((await readRun(await theRun('nohup'))).overview.state).toBe('done');
    expect(await readFile(join(base, 'nohup.out'), 'utf8')).toMatch(/epoch +12 /);
    expect(await readdir(runs)).toHaveLength(2);
  });

  it.each<NodeJS.Signals[]>([
    ['SIGTERM'],
    ['SIGHUP'],
    ['SIGINT', 'SIGINT'],
    ['SIGHUP', 'SIGHUP', 'SIGTERM', 'SIGINT'],
  ])('that gets %s %s %s %s saves and ends', async (...signals) => {
    const runs = signals.join(' ');
    const training = new Involution(...words(runs, 1000));
    await training.until(() => training.batches() >= 30);
    for (const signal of signals.filter(Boolean)) training.process.kill(signal);
    expect(await training.exit, training.errors).toBe(130);
    await expectSaved(runs);
  });

  it('whose output is on a full disk goes on', async () => {
    const { process: training, text } = shell(`${typed('full', 2)} > /dev/full`);
    expect((await once(training, 'exit'))[0]).toBe(0);
    expect(text()).toContain(
      "The output can't be written: the disk is full. Make room. The training goes on.",
    );
    expect((await readRun(await theRun('full'))).overview.state).toBe('done');
  });
});
