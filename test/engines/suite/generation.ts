import {
  backend,
  dispose,
  grads,
  memory,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelResult } from '../../../src/core/involution/kernels';
import { type GeneratorWeights, kernelGeneration } from '../../../src/core/involution/operator';
import {
  portableGeneration,
  portableGenerationGradient,
} from '../../../src/core/involution/portableGeneration';
import { Random } from '../../../src/core/random';
import { anySeed, randomValues } from './arbitrary';
import { expectClose, propertyRuns, type SuiteContext } from './context';

const anySize = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 2, max: 5 }),
  channels: fc.integer({ min: 1, max: 9 }),
  reduced: fc.integer({ min: 1, max: 7 }),
  outputs: fc.integer({ min: 1, max: 40 }),
});
type Size = typeof anySize extends fc.Arbitrary<infer T> ? T : never;
const epsilon = 1e-3;

/** The kernel generator on a started engine, in values and gradients, against the composition of stock ops. */
export function generationSuite(context: SuiteContext): void {
  describe.each([true, false])('kernel generation, training: %s', (training) => {
    it('agrees with the composition of stock ops', () =>
      fc.assert(
        fc.asyncProperty(anySize, anySeed, async (size, seed) => {
          const before = memory().numTensors;
          const { x, dh, weights } = randomInputs(size, new Random(seed));
          const attrs = { training, epsilon };
          const outputs = kernelGeneration(x, weights, attrs);
          const expected = portableGeneration(
            { x, ...weights },
            attrs,
            backend(),
          ) as KernelResult<'KernelGeneration'>;
          await expectAllClose(outputs, expected, ['h', 'mean', 'variance'], context.tolerance);

          const { mean, variance, ...trainable } = weights;
          const names = ['x', ...Object.keys(trainable)];
          const gradients = grads((...inputs) => {
            const [x, ...rest] = inputs as [Tensor4D, ...Tensor[]];
            const given = Object.fromEntries(
              Object.keys(trainable).map((name, index) => [name, rest[index]]),
            );
            return kernelGeneration(x, { ...weights, ...given }, attrs)[0];
          })([x, ...Object.values(trainable)], dh);
          const expectedGradients = portableGenerationGradient(
            { dh, x, ...weights, mean: expected[1], variance: expected[2] },
            attrs,
            backend(),
          ) as KernelResult<'KernelGenerationGrad'>;
          // Sums over all pixels, divided by small deviations.
          await expectAllClose(gradients, expectedGradients, names, 20 * context.tolerance);
          dispose([x, dh, Object.values(weights), outputs, expected, gradients, expectedGradients]);
          expect(memory().numTensors, 'tensors left behind').toBe(before);
        }),
        { numRuns: propertyRuns(context) / 2, seed: 20210310 },
      ));
  });
}

async function expectAllClose(
  actual: readonly Tensor[],
  expected: readonly Tensor[],
  names: string[],
  tolerance: number,
): Promise<void> {
  for (const [index, name] of names.entries()) {
    expect(actual[index]!.shape, name).toEqual(expected[index]!.shape);
    await expectClose(actual[index]!, await expected[index]!.data(), tolerance, name);
  }
}

function randomInputs({ batch, height, width, channels, reduced, outputs }: Size, random: Random) {
  const matrix = (rows: number, columns: number): Tensor2D =>
    tensor2d(randomValues(random, rows * columns), [rows, columns]);
  const vector = (size: number): Tensor1D => tensor1d(randomValues(random, size));
  const weights: GeneratorWeights = {
    w0: matrix(channels, reduced),
    b0: vector(reduced),
    gamma: vector(reduced),
    beta: vector(reduced),
    w1: matrix(reduced, outputs),
    b1: vector(outputs),
    mean: vector(reduced),
    variance: tensor1d(randomValues(random, reduced).map((value) => 1 + value / 2)),
  };
  const image = (last: number): Tensor4D =>
    tensor4d(randomValues(random, batch * height * width * last), [batch, height, width, last]);
  return { x: image(channels), dh: image(outputs), weights };
}
