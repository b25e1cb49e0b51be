import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun, startTraining } from '../../../src/application/training/startTraining';
import type { TrainingState } from '../../../src/core/runs/trainingState';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { readRun } from '../../../src/node/runs/runList';
import { tinySpec } from '../../engines/suite/tinyTraining';

let runsFolder: string;
let engine: Engine;
beforeAll(async () => {
  runsFolder = await mkdtemp(join(tmpdir(), 'involution begin '));
  engine = await startEngine('cpu');
});
afterAll(async () => {
  await engine.dispose();
  await rm(runsFolder, { recursive: true });
});

const host = () => ({ startEngine: async () => engine });
const logOf = (folder: string) => readFile(join(folder, 'events.jsonl'), 'utf8');

it('a run is told of before any of it is trained, and trained once that is noted', async () => {
  const seen: unknown[] = [];
  const onRun = async (folder: string) => {
    await sleep(200);
    seen.push(folder, await logOf(folder), (await readdir(folder)).sort());
  };
  const { runFolder, done } = await startTraining({ ...host(), spec: tinySpec, runsFolder, onRun });
  expect(seen).toEqual([runFolder, '', ['events.jsonl', 'lock', 'run.json']]);
  expect((await done).state).toBe('done');
});

it('a training whose host fell silent before it had answered ends in order, and can be resumed', async () => {
  const gone = new AbortController();
  const silent = () => {
    setTimeout(() => gone.abort(), 50);
    return new Promise<void>(() => {});
  };
  const options = { ...host(), spec: tinySpec, runsFolder, onRun: silent, signal: gone.signal };
  const { runFolder, done } = await startTraining(options);
  expect((await done).state).toBe('stopped');
  expect((await readRun(runFolder)).overview.state).toBe('stopped');
  expect(await logOf(runFolder)).not.toContain('"batch"');
  expect(await (await resumeRun({ ...host(), runFolder })).done).toMatchObject({ state: 'done' });
});

it('a training that is stopped while its models are built begins no run', async () => {
  const folder = join(runsFolder, 'stopped');
  const before = memory().numTensors;
  const stopping = new AbortController();
  const onState = ({ message }: TrainingState) => {
    if (message === 'Building the models') stopping.abort(new Error('told to stop'));
  };
  const options = { ...host(), spec: tinySpec, runsFolder: folder, onState, signal: stopping.signal };
  await expect(startTraining(options)).rejects.toThrow('told to stop');
  expect(await readdir(folder)).toEqual(['.gitignore']);
  expect(memory().numTensors).toBe(before);
});

describe('a training that the engine has no room for', () => {
  const narrow = () => ({ startEngine: async () => ({ ...engine, memoryLimit: 300_000 }) });
  const refusal = /^Training the model .* in batches of \d+ takes about .* the cpu engine can have .*\.$/;

  it('begins no run, and leaves nothing in the engine that lives on', async () => {
    const folder = join(runsFolder, 'none');
    const before = memory().numTensors;
    await expect(startTraining({ ...narrow(), spec: tinySpec, runsFolder: folder })).rejects.toThrow(refusal);
    expect(await readdir(folder)).toEqual(['.gitignore']);
    expect(memory().numTensors).toBe(before);
  });

  it('is not resumed, and can be once there is room', async () => {
    const session = await startTraining({ ...host(), spec: tinySpec, runsFolder });
    session.stop();
    expect((await session.done).state).toBe('stopped');
    const { runFolder } = session;
    const before = memory().numTensors;
    await expect(resumeRun({ ...narrow(), runFolder })).rejects.toThrow(refusal);
    expect(memory().numTensors).toBe(before);
    expect((await (await resumeRun({ ...host(), runFolder })).done).state).toBe('done');
  });
});
