import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { RunEvent } from '../../../src/core/runs/events';
import { runFiles } from '../../../src/core/runs/layout';
import { RunSpec, type RunSpecInput } from '../../../src/core/runs/spec';
import { createRunFolder } from '../../../src/node/runs/runFolder';

/** A run folder with these events in its log; returns its path. */
export async function writeRun(
  runsFolder: string,
  spec: RunSpecInput,
  events: readonly RunEvent[] = [],
): Promise<string> {
  const folder = await createRunFolder(runsFolder, {
    spec: v.parse(RunSpec, spec),
    data: {
      name: 'Built-in shapes',
      classes: ['disc', 'square'],
      imageShape: [32, 32, 3],
      trainCount: 512,
      validationCount: 64,
      fingerprint: '0'.repeat(64),
    },
    engine: { name: 'wasm', device: 'test', version: '4.22.0', reason: 'chosen' },
    versions: { node: process.versions.node },
  });
  await logEvents(folder, events);
  return folder;
}

export async function logEvents(runFolder: string, events: readonly RunEvent[]): Promise<void> {
  await appendFile(
    join(runFolder, runFiles.events),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
}

export const status = (state: 'training' | 'done' | 'stopped'): RunEvent => ({
  type: 'status',
  time: 1,
  state,
});

export const batch = (step: number, loss: number | null, accuracy = 0.5): RunEvent => ({
  type: 'batch',
  time: step,
  model: 'involution',
  epoch: 1,
  batch: step,
  step,
  loss,
  accuracy,
});

export const epoch = (number: number, valAccuracy: number): RunEvent => ({
  type: 'epoch',
  time: number,
  model: 'involution',
  epoch: number,
  step: 2 * number,
  loss: 1 / number,
  accuracy: 0.5,
  valLoss: 2 / number,
  valAccuracy,
  learningRate: 0.001,
  seconds: 3,
});
