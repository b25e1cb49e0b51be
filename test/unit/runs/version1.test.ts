import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateCheckpoint } from '../../../src/application/evaluateCheckpoint';
import { KernelSessions } from '../../../src/application/kernels/sessions';
import { resumeRun } from '../../../src/application/training/startTraining';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { exportModel } from '../../../src/node/export/exportModel';
import { findCheckpoint } from '../../../src/node/runs/checkpoints';
import { loadRunData } from '../../../src/node/runs/runDataset';
import { readManifest } from '../../../src/node/runs/runFolder';
import { listRuns } from '../../../src/node/runs/runList';
import expected from '../../fixtures/version-1/expected.json' with { type: 'json' };

/** Runs that the code before networks were data wrote, and what it made of them: test/fixtures/version-1. */
const fixture = fileURLToPath(new URL('../../fixtures/version-1', import.meta.url));
const images = join(fixture, 'images');

let base: string;
let engine: Engine;
const run = (name: string) => join(base, 'runs', name);
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution version 1 '));
  await cp(join(fixture, 'runs'), join(base, 'runs'), { recursive: true });
  engine = await startEngine('wasm');
});
afterAll(async () => {
  await engine.dispose();
  await rm(base, { recursive: true });
});

const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function floatsOf(file: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(file)).buffer);
}

describe('a run of schema version 1', () => {
  it('is listed, with how far its models are', async () => {
    const { runs, unreadable } = await listRuns(join(base, 'runs'));
    expect(unreadable).toEqual([]);
    const found = Object.fromEntries(runs.map(({ name, overview }) => [name, overview]));
    expect(found.finished).toMatchObject({
      state: 'done',
      models: { involution: { epochs: 2 }, convolution: { epochs: 2 } },
    });
    expect(found.stopped).toMatchObject({
      state: 'stopped',
      models: { involution: { epochs: 1 }, convolution: { epochs: 1 } },
    });
  });

  it("opens with the example's networks, whole", async () => {
    const { schemaVersion, id, spec } = await readManifest(run('finished'));
    expect(schemaVersion).toBe(2);
    expect(id).toMatch(/_images_inn-cnn$/);
    expect(spec.models).toEqual(
      [
        ['involution', 'Involution'],
        ['convolution', 'Convolution'],
      ].map(([name, title]) => ({
        ...{ id: name, title, origin: { preset: name, parameters: {} } },
        network: presetNetwork(name!),
      })),
    );
    expect(spec).toMatchObject({ epochs: 2, batchSize: 4, clipNorm: 1, seed: 11, engine: 'wasm' });
  });

  it('is evaluated as the code that wrote it did', async () => {
    const { dataset, change } = await loadRunData(await readManifest(run('finished')), { folder: images });
    expect(change).toBeNull();
    for (const { model, accuracy, loss, predicted } of expected.evaluation) {
      const evaluation = await evaluateCheckpoint(
        await findCheckpoint(run('finished'), model, 'last'),
        model,
        dataset,
      );
      expect(evaluation).toMatchObject({ epoch: 2, accuracy, missing: '' });
      expect(evaluation.loss).toBeCloseTo(loss, 6);
      expect([...evaluation.predicted]).toEqual(predicted);
    }
  });

  it('is exported to the same bytes', async () => {
    for (const [model, hash] of Object.entries(expected.exported)) {
      const target = join(base, `${model}.safetensors`);
      await exportModel(run('finished'), model, 'safetensors', target);
      expect(await sha256(target), model).toBe(hash);
      expect(
        await exportModel(run('finished'), model, 'keras', join(base, `${model}.keras`)),
      ).not.toHaveLength(0);
    }
  });

  it('has the kernels that it had', async () => {
    const sessions = new KernelSessions({
      engine: async () => engine,
      data: async (folder) => loadRunData(await readManifest(folder), { folder: images }),
    });
    const session = await sessions.open({
      ...{
        image: { validationIndex: 0, data: { folder: null, anyway: false } },
        source: { runFolder: run('finished'), model: null, epoch: null },
      },
      resolution: 'fit',
    });
    expect(session.model).toEqual({ id: 'involution', title: 'Involution' });
    expect(session.layers.map(({ name }) => name)).toEqual(expected.kernels.map(({ name }) => name));
    for (const { name, minimum, maximum } of expected.kernels) {
      const map = await sessions.map(session.id, name, 'all');
      expect(map.minimum).toBeCloseTo(minimum, 6);
      expect(map.maximum).toBeCloseTo(maximum, 6);
    }
    sessions.close(session.id);
    sessions.releaseNetworks();
  });

  it('that was stopped within an epoch is resumed to where the one that was not ended', async () => {
    const before = await readFile(join(run('stopped'), 'run.json'), 'utf8');
    const session = await resumeRun({
      runFolder: run('stopped'),
      dataFolder: images,
      startEngine: async () => engine,
    });
    expect((await session.done).state).toBe('done');
    // Not to the bit: a later version may add in another order.
    for (const model of ['involution', 'convolution']) {
      const [resumed, whole] = await Promise.all(
        ['stopped', 'finished'].map((name) => floatsOf(join(run(name), model, 'epoch-0002', 'weights.bin'))),
      );
      const most = whole!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const apart = resumed!.reduce((apart, value, i) => Math.max(apart, Math.abs(value - whole![i]!)), 0);
      expect(resumed!.length, model).toBe(whole!.length);
      expect(apart / most, model).toBeLessThan(1e-4);
    }
    // It is written once, and never changed.
    expect(await readFile(join(run('stopped'), 'run.json'), 'utf8')).toBe(before);
  });
});
