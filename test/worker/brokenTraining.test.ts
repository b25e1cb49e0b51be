import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { TrainingState } from '../../src/core/runs/trainingState';
import { Datasets } from '../../src/worker/datasets';
import { EngineHolder } from '../../src/worker/engineHolder';
import { Tasks } from '../../src/worker/tasks';
import { WorkerTraining } from '../../src/worker/training';
import { tinySpec } from './support/tinyRuns';

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), 'involution broken '));
});
afterAll(() => rm(runs, { recursive: true }));

const megabyte = 2 ** 20;

/** Takes all that there is, as a training does that needs too much. */
function fillMemory() {
  const { wasm } = backend() as BackendWasm;
  for (let bytes = 2 ** 31; bytes >= 16; bytes /= 2)
    try {
      for (;;) wasm._malloc(bytes);
    } catch {
      // Now what is half as large.
    }
}

it('a training works after one for which the memory was too small', async () => {
  const engines = new EngineHolder('wasm');
  const released = vi.fn(async () => {});
  engines.onRelease(released);
  let latest: TrainingState | undefined;
  const events = {
    trainingState(state: TrainingState) {
      latest = state;
    },
    runOpened: async () => {},
    log: () => {},
    progress: () => {},
  };
  const context = { events, engines, tasks: new Tasks(() => {}), datasets: new Datasets(true) };
  const { train } = new WorkerTraining(context).functions;
  const ends = (state: string) => vi.waitFor(() => expect(latest?.state).toBe(state), 60_000);

  await train({ ...tinySpec, epochs: 10_000 }, runs);
  await vi.waitFor(() => expect(latest).toMatchObject({ state: 'training', batch: 1 }), 60_000);
  const full = await engines.forLooking();
  fillMemory();
  await ends('failed');
  expect(latest?.message).toMatch(/^The wasm engine's memory is full: \d+ MB more were needed/);
  expect(full.memoryBytes()).toBeGreaterThan(4000 * megabyte);

  const next = await engines.forLooking();
  expect(next).not.toBe(full);
  await train(tinySpec, runs);
  await ends('done');
  expect(await engines.forLooking()).toBe(next);
  expect(next.memoryBytes()).toBeLessThan(100 * megabyte);
  expect(released).toHaveBeenCalledOnce();
  await next.dispose();
});
