// Brings TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {
  grads,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Involution } from '../../src/core/involution/layer';
import {
  type GeneratorWeights,
  involution,
  kernelGeneration,
  type Tensor6D,
} from '../../src/core/involution/operator';
import { hasRankOneInvolution, rankOneInvolution } from '../../src/core/involution/rankOne';
import { wasmDriver } from '../../src/engines/wasm/driver';

type Shape = [number, number, number, number];
const cases: { shape: Shape; kernelSize: number }[] = [
  { shape: [3, 32, 32, 3], kernelSize: 3 },
  { shape: [2, 7, 5, 3], kernelSize: 3 },
  { shape: [1, 5, 6, 1], kernelSize: 5 },
  { shape: [2, 6, 9, 2], kernelSize: 2 },
  { shape: [1, 9, 9, 4], kernelSize: 7 },
  { shape: [1, 6, 7, 10], kernelSize: 3 },
  { shape: [1, 3, 3, 6], kernelSize: 4 },
  { shape: [1, 1, 1, 3], kernelSize: 3 },
  { shape: [2, 3, 2, 5], kernelSize: 1 },
  // Rows that need more scratch than threads have at first.
  { shape: [1, 2, 9000, 5], kernelSize: 3 },
];

let phase = 0;
function values<T extends Tensor>(...shape: number[]): T {
  const length = shape.reduce((a, b) => a * b, 1);
  phase += 0.7;
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i * 0.37 + phase)),
    shape,
  ) as T;
}

describe('involution with a generator of one hidden value, on the wasm engine', () => {
  let engine: Awaited<ReturnType<typeof wasmDriver.start>>;
  beforeAll(async () => {
    engine = await wasmDriver.start();
  });
  afterAll(() => engine.dispose());

  const trainings = cases.flatMap((given) => [true, false].map((training) => ({ ...given, training })));
  it.each(trainings)('$shape K $kernelSize training $training', ({ shape, kernelSize, training }) => {
    const [channels, taps] = [shape[3], kernelSize ** 2];
    const x = values<Tensor4D>(...shape);
    const dy = values<Tensor4D>(...shape);
    const weights: GeneratorWeights = {
      w0: values<Tensor2D>(channels, 1),
      b0: values<Tensor1D>(1),
      gamma: tensor([1.3]) as Tensor1D,
      beta: values<Tensor1D>(1),
      w1: values<Tensor2D>(1, taps),
      b1: values<Tensor1D>(taps),
      mean: values<Tensor1D>(1),
      variance: tensor([0.8]) as Tensor1D,
    };
    const attrs = { training, epsilon: 1e-3 };
    const { mean: _mean, variance: _variance, ...trainable } = weights;
    const names = Object.keys(trainable);
    const given = (tensors: Tensor[]): [Tensor4D, GeneratorWeights] => {
      const [x, ...rest] = tensors;
      return [x as Tensor4D, { ...weights, ...Object.fromEntries(names.map((name, i) => [name, rest[i]])) }];
    };
    const inTwo = (...tensors: Tensor[]) => {
      const [x, weights] = given(tensors);
      const [h] = kernelGeneration(x, weights, attrs);
      return involution(x, reshape(h, [shape[0], shape[1], shape[2], taps, 1, 1]) as Tensor6D);
    };
    const inOne = (...tensors: Tensor[]) => {
      const [x, weights] = given(tensors);
      return rankOneInvolution(x, weights, { ...attrs, kernelSize, momentum: 0.99 }).y;
    };
    const all = [x, ...Object.values(trainable)];
    const expected = [inTwo(...all), ...grads(inTwo)(all, dy)];
    const actual = [inOne(...all), ...grads(inOne)(all, dy)];
    for (const [i, name] of ['y', 'dx', ...names].entries()) {
      const [a, e] = [actual[i]!.dataSync<'float32'>(), expected[i]!.dataSync<'float32'>()];
      expect(actual[i]!.shape, name).toEqual(expected[i]!.shape);
      const scale = e.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const worst = a.reduce((most, value, n) => Math.max(most, Math.abs(value - e[n]!)), 0);
      expect(worst / scale, name).toBeLessThan(1e-5);
    }
  });

  it('is what the layer uses where nobody wants the kernels', () => {
    expect(hasRankOneInvolution()).toBe(true);
    const layer = new Involution({ channels: 3, reductionRatio: 2, seed: 1 });
    const x = values<Tensor4D>(2, 6, 5, 3);
    layer.build(x.shape);
    const run = (training: boolean, kernels: boolean) =>
      tidy(() => layer.apply(x, { training, kernels }) as Tensor[]);
    for (const training of [true, false]) {
      const weights = () => layer.getWeights().map((weight) => weight.dataSync<'float32'>());
      const before = weights();
      const [output, kernel] = run(training, true) as [Tensor, Tensor];
      const moved = weights();
      layer.setWeights(layer.getWeights().map((weight, i) => tensor(before[i]!, weight.shape)));
      const [alone, none] = run(training, false) as [Tensor, Tensor];
      expect(kernel.shape).toEqual([2, 6, 5, 9, 1, 1]);
      expect(none.size).toBe(0);
      for (const [i, value] of alone.dataSync().entries())
        expect(value).toBeCloseTo(output.dataSync()[i]!, 5);
      for (const [i, after] of weights().entries())
        for (const [n, value] of after.entries()) expect(value).toBeCloseTo(moved[i]![n]!, 6);
    }
  });
});
