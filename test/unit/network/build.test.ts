import '@tensorflow/tfjs-backend-cpu';
import { io, randomUniform, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Involution } from '../../../src/core/involution/layer';
import { buildNetwork } from '../../../src/core/network/build';
import { Convolution } from '../../../src/core/network/convolutionLayer';
import { networkFrom } from '../../../src/core/network/load';
import { presetNetwork } from '../../../src/core/network/presets/presets';

const names = (model: LayersModel) => model.layers.map(({ name }) => name);
const trainable = (model: LayersModel) =>
  model.trainableWeights.reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * b!, 1), 0);
const bytesOf = async (model: LayersModel) =>
  Buffer.concat(
    (await Promise.all(model.getWeights().map((weight) => weight.data()))).map((data) =>
      Buffer.from(data.buffer),
    ),
  );

describe("the example's networks", () => {
  it('have its layers, by its names', () => {
    expect(names(buildNetwork(presetNetwork('involution')))).toEqual([
      'input_layer',
      'inv_1',
      're_lu_1',
      'max_pooling2d',
      'inv_2',
      're_lu_3',
      'max_pooling2d_1',
      'inv_3',
      're_lu_5',
      'flatten',
      'dense',
      'dense_1',
    ]);
    expect(names(buildNetwork(presetNetwork('convolution')))).toEqual([
      'conv2d',
      'relu1',
      'max_pooling2d',
      'conv2d_1',
      'relu2',
      'max_pooling2d_1',
      'conv2d_2',
      'relu3',
      'flatten',
      'dense',
      'dense_1',
    ]);
  });

  it('have its parameters', () => {
    const [involution, convolution] = [
      buildNetwork(presetNetwork('involution')),
      buildNetwork(presetNetwork('convolution')),
    ];
    expect([trainable(involution), involution.countParams()]).toEqual([13_074, 13_080]);
    expect([trainable(convolution), convolution.countParams()]).toEqual([319_178, 319_178]);
    const layers = involution.layers.filter((layer) => layer instanceof Involution);
    expect(layers.map((layer) => layer.countParams())).toEqual([26, 26, 26]);
  });

  it.each(['involution', 'convolution'] as const)('%s: other images, other classes', (name) => {
    const model = buildNetwork(presetNetwork(name), { inputShape: [17, 12, 1], classes: 4 });
    expect(model.outputs[0]!.shape).toEqual([null, 4]);
    expect((model.predict(randomUniform([3, 17, 12, 1])) as Tensor).shape).toEqual([3, 4]);
  });

  it.each(['involution', 'convolution'] as const)('%s: a seed decides every weight', async (name) => {
    const [a, again, other] = await Promise.all(
      [7, 7, 8].map((seed) => bytesOf(buildNetwork(presetNetwork(name), { seed }))),
    );
    expect(a!.equals(again!)).toBe(true);
    expect(a!.equals(other!)).toBe(false);
  });

  it('start within the limits of Glorot and Bengio, each kernel with numbers of its own', async () => {
    const kernels = buildNetwork(presetNetwork('convolution')).weights.filter(
      ({ shape }) => shape.length > 1,
    );
    const starts: number[] = [];
    for (const kernel of kernels) {
      const values = (await kernel.read().data()) as Float32Array;
      const [inputs, outputs] = kernel.shape.slice(-2) as [number, number];
      const limit = Math.sqrt(6 / ((values.length / (inputs * outputs)) * (inputs + outputs)));
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(limit);
      expect(largest).toBeGreaterThan(0.98 * limit);
      starts.push(Math.fround(values[0]! / limit));
    }
    expect(new Set(starts).size).toBe(kernels.length);
  });
});

describe('a network that was saved', () => {
  it('is made of the same layers again, the faster convolution among them', async () => {
    const network = buildNetwork(presetNetwork('convolution'), { seed: 3 });
    let saved: io.ModelArtifacts | undefined;
    await network.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    const loaded = await networkFrom(saved!);
    expect(loaded.layers.map((layer) => layer.constructor)).toEqual(
      network.layers.map((layer) => layer.constructor),
    );
    expect(loaded.layers[0]).toBeInstanceOf(Convolution);
    expect((await bytesOf(loaded)).equals(await bytesOf(network))).toBe(true);
  });
});
