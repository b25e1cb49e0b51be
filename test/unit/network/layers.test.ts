import '@tensorflow/tfjs-backend-cpu';
import {
  abs,
  add,
  concat,
  conv2d,
  grads,
  maxPool,
  randomUniform,
  relu,
  slice,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/core/data/dataset';
import { buildNetwork } from '../../../src/core/network/build';
import type { LayerSpecInput } from '../../../src/core/network/network';
import { parseNetwork } from '../../../src/core/network/parse';

const head = [{ kind: 'flatten' }, { kind: 'dense', units: 'classes' }];

/** One layer's model: its classes are what the layer gives, flattened. */
function built(layer: LayerSpecInput, inputShape: ImageShape = [8, 8, 4]): LayersModel {
  return buildNetwork(parseNetwork({ name: 'test', layers: [layer, ...head] }), { inputShape });
}

const image = (side: number, channels: number, seed: number) =>
  randomUniform([2, side, side, channels], -1, 1, 'float32', seed) as Tensor4D;
const closeTo = (actual: Tensor, expected: Tensor) => {
  expect(actual.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  expect(actual.dataSync().every((value, i) => Math.abs(value - values[i]!) < 1e-5)).toBe(true);
};

describe('convolution', () => {
  it('in groups is a convolution for each, in values and gradients', () => {
    const model = built({
      kind: 'convolution',
      filters: 6,
      kernelSize: 3,
      strides: 2,
      groups: 2,
      bias: false,
    });
    const layer = model.layers[0]!;
    expect(layer.getClassName()).toBe('GroupedConvolution');
    const kernel = layer.getWeights()[0] as Tensor4D;
    expect(kernel.shape).toEqual([3, 3, 2, 6]);
    const parts = (x: Tensor4D, k: Tensor4D) =>
      concat(
        [0, 1].map((g) =>
          conv2d(
            slice(x, [0, 0, 0, 2 * g], [-1, -1, -1, 2]),
            slice(k, [0, 0, 0, 3 * g], [-1, -1, -1, 3]) as Tensor4D,
            2,
            'same',
          ),
        ),
        3,
      );
    const x = image(8, 4, 1);
    closeTo(layer.apply(x) as Tensor, parts(x, kernel));
    const [dx] = grads((each) => sum(layer.apply(each!) as Tensor))([x]);
    const [expected] = grads((each) => sum(parts(each as Tensor4D, kernel)))([x]);
    closeTo(dx!, expected!);
  });

  it('with a channel a group is depthwise', () => {
    const layer = built({ kind: 'convolution', filters: 8, groups: 'channels' }).layers[0]!;
    expect([layer.getClassName(), layer.name]).toEqual(['DepthwiseConv2D', 'depthwise_conv2d']);
    expect(layer.getWeights().map(({ shape }) => shape)).toEqual([[3, 3, 4, 2], [8]]);
  });

  it('padded alike on both sides has its windows a pixel before those of TensorFlow', () => {
    const model = built({ kind: 'convolution', filters: 1, strides: 2, padding: 'symmetric', bias: false });
    const [padding, layer] = model.layers;
    expect([padding!.getClassName(), layer!.getClassName()]).toEqual(['ZeroPadding2D', 'Conv2D']);
    const [x, kernel] = [image(8, 4, 2), layer!.getWeights()[0] as Tensor4D];
    closeTo(layer!.apply(padding!.apply(x)) as Tensor, conv2d(x, kernel, 2, 1));
  });

  it('starts as He and others have it, when asked', () => {
    const layer = built({ kind: 'convolution', filters: 256, initializer: 'he' }).layers[0]!;
    const values = layer.getWeights()[0]!.dataSync() as Float32Array;
    const deviation = Math.sqrt(values.reduce((s, value) => s + value ** 2, 0) / values.length);
    // TF.js cuts the normal distribution off at two deviations.
    expect(deviation).toBeCloseTo(0.88 * Math.sqrt(2 / (9 * 256)), 3);
  });
});

describe('max pool', () => {
  it.each(['same', 'symmetric', 'valid'] as const)('padded %s', (padding) => {
    const model = built({ kind: 'max-pool', size: 3, strides: 2, padding });
    const x = tidy(() => relu(image(8, 4, 3)));
    const pooled = model.layers
      .filter((layer) => /Pad|Pool/.test(layer.getClassName()))
      .reduce<Tensor>((each, layer) => layer.apply(each) as Tensor, x);
    closeTo(pooled, maxPool(x, 3, 2, padding === 'symmetric' ? 1 : padding));
  });
});

describe('dropout', () => {
  const layer = built({ kind: 'dropout', rate: 0.25 }).layers[0]!;
  const x = tidy(() => add(abs(image(8, 4, 4)), 1));
  const dropped = (kwargs: object) => (layer.apply(x, kwargs) as Tensor).dataSync();

  it('drops others at each step, and the same at the same step', () => {
    const [first, again, second] = [1, 1, 2].map((step) => dropped({ training: true, step }));
    expect(first).toEqual(again);
    expect(first).not.toEqual(second);
  });

  it('drops its share and makes the others as much larger', () => {
    const [values, before] = [dropped({ training: true, step: 1 }), x.dataSync()];
    const zeros = values.filter((value) => value === 0).length / values.length;
    expect(Math.abs(zeros - 0.25)).toBeLessThan(0.06);
    for (const [i, value] of values.entries())
      if (value !== 0) expect(value).toBeCloseTo(before[i]! / 0.75, 5);
  });

  it('does nothing outside of training', () => {
    expect(dropped({ training: false, step: 1 })).toEqual(x.dataSync());
  });
});
