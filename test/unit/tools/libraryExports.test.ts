import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { softmax, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelRequestInput } from '../../../src/core/network/model';
import { presets } from '../../../src/core/network/presets/presets';
import { exportModel } from '../../../src/node/export/exportModel';
import { findCheckpoint, loadNetwork } from '../../../src/node/runs/checkpoints';
import { LibraryProject, programsIn } from '../support/libraryProject';
import { TrainedRun } from '../support/trainedRun';

/** Small, so that they train in no time; a preset that is not here is as it is. */
const small: Record<string, Record<string, unknown>> = {
  convolution: { width: 4, depth: 2 },
  attention: { width: 4, groups: 2, border: 'clamped', positionBias: true },
  rednet: { width: 0.125, stem: 'cifar' },
  resnet: { width: 0.125, stem: 'cifar' },
  drin: { width: 16, innerWidth: 8, groups: 2 },
};
const byPreset = Object.keys(presets).map((preset) => ({
  ...{ id: preset, preset, parameters: small[preset] ?? {} },
}));
const byGenerator = ['outlook', 'filter-norm', 'gaussian', 'pairwise'].map((generator) => ({
  ...{ id: generator, preset: 'involution', parameters: { width: 4, groups: 2, depth: 2, generator } },
}));
/** Layers that no preset has. */
const others = {
  id: 'others',
  network: {
    name: 'others',
    layers: [
      { kind: 'convolution', filters: 8, kernelSize: 3, strides: 4 },
      { kind: 'convolution', filters: 6, kernelSize: 3, groups: 2 },
      { kind: 'convolution', filters: 6, kernelSize: 3, groups: 'channels' },
      { kind: 'batch-norm' },
      { kind: 'involution', generator: { kind: 'linear' }, groups: 3 },
      { kind: 'dropout', rate: 0.5 },
      { kind: 'flatten' },
      { kind: 'dense', units: 'classes' },
    ],
  },
};
const models = [...byPreset, ...byGenerator, others] as (ModelRequestInput & { id: string })[];
/** Those that TF.js knows without the package. */
const stock = ['convolution', 'resnet'];

let project: LibraryProject;
let run: TrainedRun;
let server: Server;
beforeAll(async () => {
  [project, run] = await Promise.all([LibraryProject.make(), TrainedRun.train({ models, epochs: 1 })]);
  server = createServer(async ({ url }, response) =>
    response.end(await readFile(join(run.base, decodeURI(url!)))),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  project[Symbol.dispose]();
  await run[Symbol.asyncDispose]();
});

const pixels = Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => ((i * 7919) % 256) / 255);

it.each(models)(
  'the exported network $id predicts as before in a program that does what its note says',
  async ({ id }) => {
    await exportModel(run.folder, id, 'tfjs', join(run.base, id));
    const note = await readFile(join(run.base, id, 'model.md'), 'utf8');
    const [program] = programsIn(note);
    expect(program!.includes("import 'involution-layer';\n"), note).toBe(!stock.includes(id));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${id}/model.json`;
    const lines = [
      `const images = tf.tensor(${JSON.stringify(pixels)}, [2, 32, 32, 3]);`,
      program!.replace('https://example.org/model.json', address),
      'console.log(JSON.stringify(probabilities.arraySync()));',
    ];
    const theirs = (await project.valueOf('load.mjs', lines.join('\n'))) as number[][];
    const network = await loadNetwork(await findCheckpoint(run.folder, id, 'last'));
    const ours = tidy(() =>
      softmax(network.predict(tensor4d(pixels, [2, 32, 32, 3])) as Tensor).arraySync(),
    ) as number[][];
    network.dispose();
    expect(Math.max(...ours.flat()) - Math.min(...ours.flat())).toBeGreaterThan(1e-4);
    for (const [image, row] of ours.entries())
      for (const [label, probability] of row.entries())
        expect(theirs[image]![label]).toBeCloseTo(probability, 5);
  },
);
