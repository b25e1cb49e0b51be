import {
  io,
  mul,
  randomUniform,
  sub,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatorNames } from '../../../src/core/involution/generators/generatorKinds';
import { buildNetwork } from '../../../src/core/network/build';
import { footprint } from '../../../src/core/network/footprint';
import { networkFrom } from '../../../src/core/network/load';
import { allLayers, placeLayers } from '../../../src/core/network/place';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { summarize } from '../../../src/core/network/summary';
import { sparseSoftmaxCrossEntropy } from '../../../src/core/training/loss';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

const parameters = (id: string, options: Record<string, unknown>, side: number, classes: number) =>
  footprint(presetNetwork(id, options), [side, side, 3], classes);

describe('RedNet', () => {
  // The published models', for 1000 classes and, with the same bodies, for 10.
  it.each([
    [26, 9_233_166, 7_204_656],
    [38, 12_386_986, 10_358_476],
    [50, 15_540_806, 13_512_296],
    [101, 25_652_950, 23_624_440],
    [152, 33_984_582, 31_956_072],
  ])('%d has as many parameters as the published one', (depth, thousand, ten) => {
    expect(parameters('rednet', { depth }, 224, 1000).parameters).toBe(thousand);
    expect(parameters('rednet', { depth }, 224, 10).parameters).toBe(ten);
  });

  it('has the multiply–accumulates of its reference', () => {
    const gigas = (depth: number) => parameters('rednet', { depth }, 224, 1000).macs / 1e9;
    expect(gigas(26)).toBeCloseTo(1.685, 3);
    expect(gigas(50)).toBeCloseTo(2.649, 3);
  });
});

it.each(generatorNames)(
  'the involution preset with the generator %s costs what its summary says',
  (generator) => {
    const network = presetNetwork('involution', { width: 8, groups: 2, depth: 2, generator });
    const model = buildNetwork(network);
    const { parameters, macs } = footprint(network, [32, 32, 3], 10);
    const { totals, layers } = summarize(model);
    expect(totals.trainable).toBe(parameters);
    expect(layers.reduce((sum, layer) => sum + layer.macs!, 0)).toBe(macs);
    model.dispose();
  },
);

const small: [preset: string, parameters: Record<string, unknown>][] = [
  ['involution', {}],
  ['involution', { width: 8, depth: 2, kernelSize: 5, groups: 4, generator: 'linear' }],
  ['convolution', { width: 4, groups: 2, depth: 4, kernelSize: 5 }],
  ['static', { groups: 3 }],
  ['attention', { width: 4, groups: 2, border: 'clamped', positionBias: true }],
  ['rednet', { width: 0.125 }],
  ['rednet', { width: 0.125, stem: 'cifar', kernelSize: 3 }],
  ['resnet', { width: 0.125 }],
  ['resnet', { width: 0.125, stem: 'cifar' }],
  ['drin', { width: 16, innerWidth: 8, groups: 2 }],
];

describe.each(small)('%s %j', (preset, parameters) => {
  const network = presetNetwork(preset, parameters);

  it('is built as its footprint and its summary say', () => {
    const model = buildNetwork(network);
    const { parameters, statistics, macs } = footprint(network, [32, 32, 3], 10);
    const summary = summarize(model);
    expect([summary.totals.trainable, summary.totals.nonTrainable]).toEqual([parameters, statistics]);
    expect(summary.layers.reduce((sum, layer) => sum + layer.macs!, 0)).toBe(macs);
    expect(summary.layers.length).toBe(model.layers.length);
    const shapes = new Map(summary.layers.map(({ name, outputShapes }) => [name, outputShapes[0]]));
    for (const { name, output } of allLayers(placeLayers(network, [32, 32, 3], 10)))
      expect(shapes.get(name), name).toEqual([null, ...output]);
    model.dispose();
  });

  it('trains, is saved and loaded as the same', async () => {
    const model = buildNetwork(network, { seed: 5 });
    const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
    const [images, labels] = [randomUniform([2, 32, 32, 3], 0, 1, 'float32', 1), tensor1d([3, 9], 'int32')];
    const before = model.getWeights().map((weight) => weight.dataSync().slice());
    const loss = tidy(() => {
      const { value, grads } = variableGrads(() => {
        const logits = model.apply(images, { training: true, kernels: false, step: 1 }) as Tensor2D;
        return sparseSoftmaxCrossEntropy(labels, logits).loss;
      }, variables);
      for (const variable of variables) variable.assign(sub(variable, mul(grads[variable.name]!, 0.01)));
      return value.dataSync()[0]!;
    });
    expect(loss).toBeGreaterThan(0);
    const after = model.getWeights().map((weight) => weight.dataSync());
    expect(after.every((values) => values.every(Number.isFinite))).toBe(true);
    expect(after).not.toEqual(before);
    const outputOf = (each: LayersModel) => tidy(() => (each.predict(images) as Tensor).dataSync());
    let saved: io.ModelArtifacts | undefined;
    await model.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    const loaded = await networkFrom({
      ...saved!,
      modelTopology: JSON.parse(JSON.stringify(saved!.modelTopology)),
    });
    expect(outputOf(loaded)).toEqual(outputOf(model));
    expect(outputOf(model).every(Number.isFinite)).toBe(true);
  });
});
