import {
  addN,
  dispose,
  grads,
  memory,
  mul,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movingAverage } from '../../../src/core/batchNormalization/movingAverage';
import { batchNormalization } from '../../../src/core/batchNormalization/operator';
import { Random } from '../../../src/core/random';
import { anySeed, randomValues } from './arbitrary';
import { expectClose, propertyRuns, type SuiteContext } from './context';

const epsilon = 1e-3;
const tensorNames = ['x', 'gamma', 'beta'] as const;
type Arrays = Record<(typeof tensorNames)[number] | 'dy', Float32Array>;

/** Pixels in one to three dimensions, and any number of channels. */
const anyShape = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 2 }),
    fc.integer({ min: 2, max: 9 }),
    fc.integer({ min: 1, max: 21 }),
  )
  .map(([outer, inner, channels]) => [...outer, inner, channels]);

/** Batch normalisation in training on a started engine: its values, its gradients, and that it leaves nothing behind. */
export function batchNormalizationSuite(context: SuiteContext): void {
  const { tolerance } = context;
  const forAll = (property: (shape: number[], arrays: Arrays, other: Arrays) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(anyShape, anySeed, async (shape, seed) => {
        const before = memory().numTensors;
        const random = new Random(seed);
        await property(shape, randomArrays(shape, random), randomArrays(shape, random));
        expect(memory().numTensors, 'tensors left behind').toBe(before);
      }),
      { numRuns: propertyRuns(context) / 2, seed: 20150211 },
    );

  describe('batch normalisation in training', () => {
    it('agrees with its definition, in values and gradients', () =>
      forAll(async (shape, arrays) => expectDefinition(shape, arrays, tolerance)));

    it('moves statistics towards those of a batch, of any number of channels', async () => {
      for (const channels of [1, 3, 64, 130]) {
        const before = memory().numTensors;
        const random = new Random(channels);
        const [moving, batch] = [randomValues(random, channels), randomValues(random, channels)];
        const moved = tidy(() => movingAverage(tensor1d(moving), tensor1d(batch), 0.9));
        const expected = moving.map((value, c) => 0.9 * value + 0.1 * batch[c]!);
        await expectClose(moved, expected, tolerance, 'moving average');
        moved.dispose();
        expect(memory().numTensors, 'tensors left behind').toBe(before);
      }
    });

    it('has gradients that agree with differences of its values', () =>
      forAll(async (shape, arrays, direction) => {
        const loss = (step: number) => {
          const moved = (name: keyof Arrays) =>
            Float64Array.from(arrays[name], (value, i) => value + step * direction[name][i]!);
          const { y } = naiveBatchNormalization(moved('x'), moved('gamma'), moved('beta'));
          return y.reduce((total, value, i) => total + value * arrays.dy[i]!, 0);
        };
        const difference = (loss(1e-5) - loss(-1e-5)) / 2e-5;
        const { gradients, dispose } = run(shape, arrays);
        const slope = tidy(() =>
          addN(
            tensorNames.map((name, i) =>
              sum(mul(gradients[i]!, tensor(direction[name], gradients[i]!.shape))),
            ),
          ),
        );
        await expectClose(slope, [difference], 100 * tolerance, 'gradients · direction');
        dispose();
        slope.dispose();
      }));

    // Many chunks; means that are large beside the deviations; channels that don't fill a vector.
    it.each([
      { shape: [4, 40, 41, 13], mean: 0 },
      { shape: [3, 30, 30, 64], mean: 100 },
      { shape: [2, 3, 3, 1030], mean: -5 },
    ])('agrees with its definition on $shape around $mean', async ({ shape, mean }) => {
      const arrays = randomArrays(shape, new Random(7));
      arrays.x.forEach((value, i) => {
        arrays.x[i] = value + mean;
      });
      await expectDefinition(shape, arrays, tolerance);
    });

    it('takes a batch whose values are all the same', async () => {
      const { outputs, gradients, dispose } = run([2, 2, 3, 1], {
        x: new Float32Array(12).fill(7),
        gamma: Float32Array.of(2),
        beta: Float32Array.of(0.5),
        dy: Float32Array.from({ length: 12 }, (_, i) => i),
      });
      await expectClose(outputs[0], new Array(12).fill(0.5), tolerance, 'y');
      await expectClose(outputs[2], [0], tolerance, 'variance');
      const factor = 2 / Math.sqrt(epsilon);
      const expected = Array.from({ length: 12 }, (_, i) => factor * (i - 5.5));
      await expectClose(gradients[0]!, expected, tolerance, 'dx');
      await expectClose(gradients[1]!, [0], tolerance, 'dgamma');
      dispose();
    });
  });
}

async function expectDefinition(shape: number[], arrays: Arrays, tolerance: number): Promise<void> {
  const expected = naiveBatchNormalization(arrays.x, arrays.gamma, arrays.beta);
  const expectedGradients = naiveGradients(arrays);
  const { outputs, gradients, dispose } = run(shape, arrays);
  // What the rounding of x, of the size of its mean, becomes when it is divided by the deviation.
  const spread = Math.max(...expected.mean.map((mean, c) => mean ** 2 / (expected.variance[c]! + epsilon)));
  const values = tolerance * (1 + Math.sqrt(spread));
  expect(outputs.map((output) => output.shape)).toEqual([
    shape,
    [arrays.gamma.length],
    [arrays.gamma.length],
  ]);
  for (const [i, name] of (['y', 'mean', 'variance'] as const).entries())
    await expectClose(outputs[i]!, expected[name], values, name);
  for (const [i, name] of tensorNames.entries()) {
    expect(gradients[i]!.shape).toEqual(name === 'x' ? shape : [arrays.gamma.length]);
    // Sums over all pixels, divided by small deviations.
    await expectClose(gradients[i]!, expectedGradients[name], 20 * values, `gradient of ${name}`);
  }
  dispose();
}

function randomArrays(shape: number[], random: Random): Arrays {
  const channels = shape[shape.length - 1]!;
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    x: randomValues(random, size),
    gamma: randomValues(random, channels),
    beta: randomValues(random, channels),
    dy: randomValues(random, size),
  };
}

/** The operator's outputs and the gradients of Σ dy · y. */
function run(shape: number[], arrays: Arrays) {
  const x = tensor(arrays.x, shape);
  const [gamma, beta] = [tensor1d(arrays.gamma), tensor1d(arrays.beta)];
  const dy = tensor(arrays.dy, shape);
  const outputs = batchNormalization(x, gamma, beta, { epsilon });
  const gradients = grads(
    (x, gamma, beta) => batchNormalization(x!, gamma as Tensor1D, beta as Tensor1D, { epsilon })[0],
  )([x, gamma, beta], dy) as Tensor[];
  return { outputs, gradients, dispose: () => dispose([x, gamma, beta, dy, outputs, gradients]) };
}

/** The definition, a channel after the other, in double precision. */
function naiveBatchNormalization(x: ArrayLike<number>, gamma: ArrayLike<number>, beta: ArrayLike<number>) {
  const channels = gamma.length;
  const pixels = x.length / channels;
  const y = new Float64Array(x.length);
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    for (let i = c; i < x.length; i += channels) mean[c]! += x[i]! / pixels;
    for (let i = c; i < x.length; i += channels) variance[c]! += (x[i]! - mean[c]!) ** 2 / pixels;
    for (let i = c; i < x.length; i += channels)
      y[i] = ((x[i]! - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * gamma[c]! + beta[c]!;
  }
  return { y, mean, variance };
}

/** The chain rule through y, the variance and the mean, each on its own, as in the paper. */
function naiveGradients({ x: input, gamma, beta, dy }: Arrays) {
  const channels = gamma.length;
  const pixels = input.length / channels;
  const { mean, variance } = naiveBatchNormalization(input, gamma, beta);
  const gradients = {
    x: new Float64Array(input.length),
    gamma: new Float64Array(channels),
    beta: new Float64Array(channels),
  };
  for (let c = 0; c < channels; c++) {
    const deviation = Math.sqrt(variance[c]! + epsilon);
    let [dvariance, dmean, centredSum] = [0, 0, 0];
    for (let i = c; i < input.length; i += channels) {
      const centred = input[i]! - mean[c]!;
      const dnormal = dy[i]! * gamma[c]!;
      gradients.beta[c]! += dy[i]!;
      gradients.gamma[c]! += (dy[i]! * centred) / deviation;
      dvariance += dnormal * centred * -0.5 * deviation ** -3;
      dmean -= dnormal / deviation;
      centredSum += centred;
    }
    dmean += (dvariance * -2 * centredSum) / pixels;
    for (let i = c; i < input.length; i += channels)
      gradients.x[i] =
        (dy[i]! * gamma[c]!) / deviation + (dvariance * 2 * (input[i]! - mean[c]!)) / pixels + dmean / pixels;
  }
  return gradients;
}
