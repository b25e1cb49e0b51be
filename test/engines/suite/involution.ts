import {
  add,
  dispose,
  grads,
  memory,
  mul,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvolutionGeometry } from '../../../src/core/involution/geometry';
import { involution, type Tensor6D } from '../../../src/core/involution/operator';
import { Random } from '../../../src/core/random';
import { anyGeometry, anySeed, randomValues } from './arbitrary';
import { expectClose, propertyRuns, type SuiteContext } from './context';
import { naiveInvolution, naiveInvolutionGradients, sizes } from './reference';

/** The operator on a started engine: its values, its gradients, and that it leaves no tensors behind. */
export function involutionSuite(context: SuiteContext): void {
  const { tolerance } = context;

  /** Each property disposes what it makes, but for the inputs. */
  const forAll = (
    property: (geometry: InvolutionGeometry, inputs: Inputs, others: Inputs) => Promise<void>,
  ) =>
    fc.assert(
      fc.asyncProperty(anyGeometry, anySeed, async (geometry, seed) => {
        const tensors = memory().numTensors;
        const random = new Random(seed);
        const [inputs, others] = [randomInputs(geometry, random), randomInputs(geometry, random)];
        await property(geometry, inputs, others);
        dispose([inputs.tensors, others.tensors]);
        expect(memory().numTensors, 'tensors left behind').toBe(tensors);
      }),
      { numRuns: propertyRuns(context), seed: 20210310 },
    );

  describe('involution', () => {
    it('agrees with its definition', () =>
      forAll(async (geometry, { arrays, tensors }) => {
        const y = involution(tensors.x, tensors.kernel, geometry);
        expect(y.shape).toEqual(tensors.dy.shape);
        await expectClose(y, naiveInvolution(arrays.x, arrays.kernel, geometry), tolerance, 'y');
        y.dispose();
      }));

    it('has the gradients of its definition', () =>
      forAll(async (geometry, { arrays, tensors }) => {
        const expected = naiveInvolutionGradients(arrays.x, arrays.kernel, arrays.dy, geometry);
        const { dx, dkernel } = gradients(geometry, tensors);
        expect(dx.shape).toEqual(tensors.x.shape);
        expect(dkernel.shape).toEqual(tensors.kernel.shape);
        await expectClose(dx, expected.dx, tolerance, 'dx');
        await expectClose(dkernel, expected.dkernel, tolerance, 'dkernel');
        dispose([dx, dkernel]);
      }));

    it('has gradients that agree with differences of its values', () =>
      forAll(async (geometry, { tensors }, { tensors: step }) => {
        // y is linear in x and in the kernel: the difference over a whole step is the slope times the step.
        const loss = (x: Tensor4D, kernel: Tensor6D) => sum(mul(involution(x, kernel, geometry), tensors.dy));
        const [differenceX, differenceKernel, slopeX, slopeKernel] = tidy(() => {
          const { dx, dkernel } = gradients(geometry, tensors);
          return [
            loss(step.x, tensors.kernel),
            loss(tensors.x, step.kernel),
            sum(mul(dx, step.x)),
            sum(mul(dkernel, step.kernel)),
          ] as const;
        });
        // A sum of hundreds of products of both signs.
        await expectClose(slopeX, await differenceX.data(), 20 * tolerance, 'dx · step');
        await expectClose(slopeKernel, await differenceKernel.data(), 20 * tolerance, 'dkernel · step');
        dispose([differenceX, differenceKernel, slopeX, slopeKernel]);
      }));

    it('can be differentiated twice', () =>
      forAll(async (geometry, { arrays, tensors }, { arrays: u, tensors: U }) => {
        // dx · u is linear in the kernel and dkernel · w in x, as y is: their gradients are those of the definition.
        const expected = naiveInvolutionGradients(u.x, u.kernel, arrays.dy, geometry);
        const [ddx, ddkernel] = grads((x, kernel) => {
          const { dx, dkernel } = gradients(geometry, { ...tensors, x, kernel } as Tensors);
          return add(sum(mul(dx, U.x)), sum(mul(dkernel, U.kernel)));
        })([tensors.x, tensors.kernel]) as [Tensor, Tensor];
        await expectClose(ddx, expected.dx, tolerance, 'second gradient in x');
        await expectClose(ddkernel, expected.dkernel, tolerance, 'second gradient in the kernel');
        dispose([ddx, ddkernel]);
      }));
  });
}

interface Inputs {
  readonly arrays: Record<'x' | 'kernel' | 'dy', Float32Array>;
  readonly tensors: Tensors;
}
type Tensors = { x: Tensor4D; kernel: Tensor6D; dy: Tensor4D };

function randomInputs(geometry: InvolutionGeometry, random: Random): Inputs {
  const { batch, height, width, channels, outHeight, outWidth, kernelSize, groups } = geometry;
  const count = sizes(geometry);
  const arrays = {
    x: randomValues(random, count.x),
    kernel: randomValues(random, count.kernel),
    dy: randomValues(random, count.y),
  };
  return {
    arrays,
    tensors: {
      x: tensor4d(arrays.x, [batch, height, width, channels]),
      kernel: tensor(arrays.kernel, [batch, outHeight, outWidth, kernelSize ** 2, 1, groups]) as Tensor6D,
      dy: tensor4d(arrays.dy, [batch, outHeight, outWidth, channels]),
    },
  };
}

function gradients(
  geometry: InvolutionGeometry,
  { x, kernel, dy }: Tensors,
): { dx: Tensor; dkernel: Tensor } {
  const gradientsOf = grads((x, kernel) => involution(x as Tensor4D, kernel as Tensor6D, geometry));
  const [dx, dkernel] = gradientsOf([x, kernel], dy) as [Tensor, Tensor];
  return { dx, dkernel };
}
