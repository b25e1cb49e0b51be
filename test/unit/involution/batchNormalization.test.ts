import '@tensorflow/tfjs-backend-cpu';
import {
  dispose,
  io,
  randomNormal,
  type Scalar,
  serialization,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  type Variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { BatchNormalization, type BatchNormalizationArgs } from '../../../src/core/batchNormalization/layer';
import { batchNormalization } from '../../../src/core/batchNormalization/operator';

const unusual: BatchNormalizationArgs = {
  axis: 2,
  momentum: 0.9,
  epsilon: 1e-5,
  center: true,
  scale: false,
  movingMeanInitializer: 'ones',
  name: 'unusual',
};
const StockBatchNormalization = Object.getPrototypeOf(BatchNormalization) as typeof BatchNormalization;

describe('the BatchNormalization layer', () => {
  it("has Keras's defaults", () => {
    expect(new BatchNormalization().getConfig()).toMatchObject({
      axis: -1,
      momentum: 0.99,
      epsilon: 1e-3,
      center: true,
      scale: true,
    });
  });

  it("owns the weights of TF.js's layer, in its order", () => {
    const layer = new BatchNormalization({ name: 'norm' });
    layer.build([null, 8, 8, 5]);
    expect(layer.weights.map(({ originalName, shape }) => [originalName, shape])).toEqual([
      ['gamma', [5]],
      ['beta', [5]],
      ['moving_mean', [5]],
      ['moving_variance', [5]],
    ]);
    expect(layer.trainableWeights).toHaveLength(2);
    expect(layer.computeOutputShape([null, 8, 8, 5])).toEqual([null, 8, 8, 5]);
  });

  it("has the configuration of TF.js's layer, and comes back from it", () => {
    const config = new BatchNormalization(unusual).getConfig();
    expect(config).toEqual(layers.batchNormalization(unusual).getConfig());
    const again = BatchNormalization.fromConfig(BatchNormalization, config);
    expect(again).toBeInstanceOf(BatchNormalization);
    expect(again.getConfig()).toMatchObject(new BatchNormalization(unusual).getConfig());
  });

  it.each([
    ['ours', 'ours', BatchNormalization, BatchNormalization],
    ["TF.js's", 'ours', StockBatchNormalization, BatchNormalization],
    ['ours', "TF.js's", BatchNormalization, StockBatchNormalization],
  ])('goes through a saved model, from %s to %s', async (_from, _to, Writer, Reader) => {
    const x = randomNormal([6, 3, 4], 1, 2, 'float32', 1);
    const images = input({ shape: [3, 4] });
    const outputs = new Writer(unusual).apply(images) as SymbolicTensor;
    const network = model({ inputs: images, outputs });
    const artifacts = await artifactsOf(network);
    serialization.registerClass(Reader);
    const loaded = await loadLayersModel(io.fromMemory(artifacts));
    serialization.registerClass(BatchNormalization);
    expect(loaded.layers[1]!.constructor).toBe(Reader);
    const [before, after] = [network, loaded].map((each) => each.predict(x) as Tensor);
    expect(await after!.data()).toEqual(await before!.data());
    expect(new Set(before!.dataSync()).size).toBeGreaterThan(60);
  });

  it.each([
    ['itself', (_network: LayersModel, layer: layers.Layer) => layer],
    ['its model', (network: LayersModel) => network],
  ])('leaves its moving statistics alone where %s is frozen', async (_name, frozen) => {
    const layer = new BatchNormalization({ inputShape: [3] });
    const network = sequential({ layers: [layer] });
    const x = randomNormal([8, 3], 4, 2, 'float32', 1);
    const statistics = () => layer.getWeights().map((weight) => Array.from(weight.dataSync()));
    const before = statistics();
    frozen(network, layer).trainable = false;
    const y = layer.apply(x, { training: true }) as Tensor;
    expect(statistics()).toEqual(before);
    expect(await y.data()).toEqual(await (layer.apply(x) as Tensor).data());
    frozen(network, layer).trainable = true;
    layer.apply(x, { training: true });
    expect(statistics()).not.toEqual(before);
  });

  it('is differentiated in what it has', () => {
    const layer = new BatchNormalization({ scale: false });
    layer.build([4, 2]);
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 9], [4, 2]);
    const beta = layer.trainableWeights.map((weight) => weight.read() as Variable);
    const { grads } = variableGrads(() => sum(layer.apply(x, { training: true }) as Tensor) as Scalar, beta);
    expect(Object.values(grads).map((gradient) => Array.from(gradient.dataSync()))).toEqual([[4, 4]]);
  });
});

describe('the batch normalisation operator', () => {
  it.each([
    [[4, 3], [2], [3], 'gamma must be of shape [3], one for each channel of x, but is [2].'],
    [[4, 3], [3], [3, 1], 'beta must be of shape [3], one for each channel of x, but is [3,1].'],
    [[3], [3], [3], 'x must be of rank 2 or higher, its channels last, but is [3].'],
  ])('says what does not fit: x %j, gamma %j, beta %j', (x, gamma, beta, message) => {
    const [a, b, c] = [x, gamma, beta].map((shape) => zeros(shape)) as [Tensor, Tensor1D, Tensor1D];
    expect(() => batchNormalization(a, b, c, { epsilon: 1e-3 })).toThrow(message);
    dispose([a, b, c]);
  });
});

async function artifactsOf(network: LayersModel): Promise<io.ModelArtifacts> {
  let saved: io.ModelArtifacts | undefined;
  await network.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return saved!;
}
