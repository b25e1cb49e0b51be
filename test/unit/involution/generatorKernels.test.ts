import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  fill,
  grad,
  mul,
  ones,
  onesLike,
  type Rank,
  scalar,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionKernels } from '../../../src/core/involution/generators/attentionKernels';
import { borders } from '../../../src/core/involution/generators/border';
import { filterNormKernels } from '../../../src/core/involution/generators/filterNormKernels';
import { gaussianKernels } from '../../../src/core/involution/generators/gaussianKernels';
import { outlookKernels } from '../../../src/core/involution/generators/outlookKernels';
import { groupLayouts } from '../../../src/core/involution/geometry';
import { involution, type Tensor6D } from '../../../src/core/involution/operator';
import { Random } from '../../../src/core/random';
import { randomValues } from '../../engines/suite/arbitrary';

const X = tensor([0, 1, 0, 1, 2, 1, 0, 1, 0], [1, 3, 3, 1]) as Tensor4D;

async function expectClose(actual: Tensor, expected: number[]): Promise<void> {
  const values = await actual.data();
  expect(values.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
}

/** A 3×3 image that is alike at its corners, and at its edges. */
const image = (corner: number, edge: number, centre: number) => [
  ...[corner, edge, corner],
  ...[edge, centre, edge],
  ...[corner, edge, corner],
];

describe('golden values', () => {
  it.each([
    ['zero', 0.444444, 1.11629, 1.573972],
    ['masked', 1, 1.307175, 1.573972],
    ['clamped', 0.666667, 1.152234, 1.573972],
  ] as const)('attention, %s', (border, corner, edge, centre) => {
    const kernels = attentionKernels(X, X, { kernelSize: 3, border });
    expect(kernels.shape).toEqual([1, 3, 3, border === 'clamped' ? 25 : 9, 1, 1]);
    return expectClose(involution(X, kernels), image(corner, edge, centre));
  });

  it.each([
    [false, 1.483732, 4.213061, 4.426123],
    [true, 0.631806, 0.874153, 1.115605],
  ] as const)('gaussian, over its sum: %s', (normalize, corner, edge, centre) =>
    expectClose(involution(X, gaussianKernels(X, { kernelSize: 3, normalize })), image(corner, edge, centre)),
  );

  it('filter-norm', () => {
    const [a, b, c, d] = [0.68853, 0.516398, 0.344265, 0.172133];
    const logits = tensor([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 9]) as Tensor4D;
    return expectClose(filterNormKernels(logits), [-a, -b, -c, -d, 0, d, c, b, a]);
  });

  it('outlook', () =>
    expectClose(
      involution(ones<Rank.R4>([1, 3, 3, 1]), outlookKernels(zeros([1, 3, 3, 81]), { kernelSize: 3 })),
      image(25 / 9, 35 / 9, 49 / 9),
    ));

  it('outlook: an image of ones keeps 9 inside, and 4 in its corners, before any softmax takes from beyond', async () => {
    const kernels = outlookKernels(zeros([1, 5, 5, 81]), { kernelSize: 3 });
    const sums = await sum(kernels, [3, 4, 5]).data();
    expect([sums[0], sums[2], sums[12]].map((value) => Math.round(value! * 1e5) / 1e5)).toEqual([4, 6, 9]);
  });
});

describe('any kernels', () => {
  const anyCase = fc.record({
    height: fc.integer({ min: 1, max: 6 }),
    width: fc.integer({ min: 1, max: 6 }),
    kernelSize: fc.integer({ min: 2, max: 5 }),
    strides: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    perGroup: fc.integer({ min: 1, max: 3 }),
    groupLayout: fc.constantFrom(...groupLayouts),
    seed: fc.nat(),
  });
  type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never;

  const drawn = ({ seed }: Case, shape: number[], times = 1): Tensor4D => {
    const count = shape.reduce((a, b) => a * b, 1);
    return mul(tensor(randomValues(new Random(seed), count), shape), times) as Tensor4D;
  };
  const sums = async (kernels: Tensor) => Array.from(await sum(kernels, [3, 4]).data());
  const forAll = (property: (any: Case) => Promise<void>) =>
    fc.assert(fc.asyncProperty(anyCase, property), { numRuns: 40, seed: 7 });

  it.each(borders)('of attention sum to 1, %s', (border) =>
    forAll(async (any) => {
      const { height, width, strides, groups, perGroup } = any;
      const channels = groups * perGroup;
      const key = drawn(any, [1, height, width, channels], 20);
      const rows = [Math.ceil(height / strides), Math.ceil(width / strides)] as const;
      const kernels = attentionKernels(drawn(any, [1, ...rows, channels], 20), key, { ...any, border });
      for (const total of await sums(kernels)) expect(total).toBeCloseTo(1, 5);
      expect((await kernels.data()).every((weight) => weight >= 0)).toBe(true);
    }),
  );

  it.each(['masked', 'clamped'] as const)('of attention see nothing beyond the image, %s', (border) =>
    forAll(async (any) => {
      // So an image of ones stays one.
      const { height, width, groups, perGroup } = any;
      const q = drawn(any, [1, height, width, groups * perGroup]);
      const kernels = attentionKernels(q, q, { ...any, strides: 1, border });
      const { groupLayout } = any;
      const y = await involution(onesLike(q), kernels, { groupLayout }).data();
      for (const value of y) expect(value).toBeCloseTo(1, 5);
    }),
  );

  it('of filter-norm sum to 0, and have squares that sum to 2 (K² − 1) / K²', () =>
    forAll(async (any) => {
      const { height, width, kernelSize, groups } = any;
      const kernels = filterNormKernels(drawn(any, [1, height, width, kernelSize ** 2 * groups]), any);
      for (const total of await sums(kernels)) expect(total).toBeCloseTo(0, 5);
      const squares = await sums(square(kernels));
      for (const total of squares)
        expect(total).toBeCloseTo((2 * (kernelSize ** 2 - 1)) / kernelSize ** 2, 4);
    }));

  it('of a Gaussian sum to 1 … K², or to 1, and are largest at the pixel itself', () =>
    forAll(async (any) => {
      const { height, width, groups, perGroup, kernelSize } = any;
      const x = drawn(any, [1, height, width, groups * perGroup], 3);
      const raw = gaussianKernels(x, { ...any, strides: 1 });
      for (const total of await sums(raw)) {
        expect(total).toBeGreaterThanOrEqual(1 - 1e-5);
        expect(total).toBeLessThanOrEqual(kernelSize ** 2 + 1e-4);
      }
      expect((await raw.data()).every((weight) => weight <= 1 + 1e-4)).toBe(true);
      for (const total of await sums(gaussianKernels(x, { ...any, normalize: true })))
        expect(total).toBeCloseTo(1, 5);
    }));
});

describe('kernel functions', () => {
  it('keep finite where there is nothing to normalise', async () => {
    const slope = grad((logits: Tensor) => sum(filterNormKernels(logits as Tensor4D)))(
      fill([1, 1, 1, 9], 0.3),
    );
    expect((await slope.data()).every(Number.isFinite)).toBe(true);
    expect([...(await filterNormKernels(fill([1, 1, 1, 9], 0.3) as Tensor4D).data())]).toEqual(
      new Array(9).fill(0),
    );
    // Far from everything: without a softmax, e^−½·10⁸ would be divided by itself.
    const far = tensor([0, 2e4, 0, 2e4], [1, 2, 2, 1]) as Tensor4D;
    const kernels = gaussianKernels(far, { kernelSize: 3, strides: 2, normalize: true });
    expect(await sum(kernels).data()).toEqual(Float32Array.of(1));
  });

  it('say what they need', () => {
    const x = zeros([1, 4, 4, 6]) as Tensor4D;
    const kernels = (options: object) => () => attentionKernels(x, x, { kernelSize: 3, ...options });
    expect(kernels({ groups: 4 })).toThrow('groups must be a divisor of the 6 channels, but is 4.');
    expect(kernels({ kernelSize: 0 })).toThrow('kernelSize must be an integer of at least 1, but is 0.');
    expect(kernels({ border: 'mask' })).toThrow(
      'border must be one of "zero", "masked", "clamped", but is "mask".',
    );
    expect(kernels({ strides: 2 })).toThrow('query must be of shape [1, 2, 2, 6], but is [1,4,4,6].');
    expect(kernels({ bias: scalar(1) })).toThrow('bias must be of shape [9, 1], taps by groups, but is [].');
    expect(() => filterNormKernels(x)).toThrow(
      'logits must be of shape [batch, height, width, K·K·1], K at least 2, but is [1,4,4,6].',
    );
    expect(() => outlookKernels(x, { kernelSize: 2 })).toThrow(
      'scores must be of shape [batch, height, width, 16], but is [1,4,4,6].',
    );
    expect(() => gaussianKernels(x, { kernelSize: 3, groupLayout: 'blocked' as 'contiguous' })).toThrow(
      'groupLayout must be one of "interleaved", "contiguous", but is "blocked".',
    );
  });

  it('give what the operator takes', () => {
    const x = zeros([2, 5, 4, 6]) as Tensor4D;
    const options = { kernelSize: 3, groups: 2, groupLayout: 'contiguous' } as const;
    const all: Tensor6D[] = [
      attentionKernels(x, x, options),
      gaussianKernels(x, options),
      filterNormKernels(zeros([2, 5, 4, 18]), options),
      outlookKernels(zeros([2, 5, 4, 162]), options),
    ];
    for (const kernels of all)
      expect(involution(x, kernels, { groupLayout: 'contiguous' }).shape).toEqual(x.shape);
  });
});
