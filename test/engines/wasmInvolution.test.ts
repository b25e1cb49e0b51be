import { engine, type NamedAttrMap, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerKernels } from '../../src/core/customKernels';
import { type GroupLayout, involutionGeometry } from '../../src/core/involution/geometry';
import type { InvolutionKernels } from '../../src/core/involution/kernels';
import { Heap } from '../../src/engines/wasm/heap';
import { involutionKernels } from '../../src/engines/wasm/involution';
import { Threads } from '../../src/engines/wasm/threads';
import { naiveInvolution, naiveInvolutionGradients, sizes } from './suite/reference';

interface Case {
  shape: [number, number, number, number];
  kernelSize: number;
  strides?: number;
  groups?: number;
  groupLayout?: GroupLayout;
}

/** One case at least for every way through assembly/involution.ts, both gradients of kernels, rectangles.ts and weights.ts. */
const cases: Case[] = [
  { shape: [2, 32, 32, 3], kernelSize: 3 },
  { shape: [3, 5, 7, 3], kernelSize: 3, strides: 2 },
  { shape: [2, 9, 8, 3], kernelSize: 5 },
  { shape: [1, 8, 11, 2], kernelSize: 7 },
  { shape: [2, 6, 5, 1], kernelSize: 2 },
  { shape: [2, 6, 5, 4], kernelSize: 4, strides: 3 },
  { shape: [1, 7, 7, 4], kernelSize: 3, groups: 2 },
  { shape: [1, 7, 7, 4], kernelSize: 3, groups: 2, groupLayout: 'contiguous' },
  { shape: [1, 7, 6, 3], kernelSize: 3, groups: 3 },
  { shape: [1, 2, 1, 3], kernelSize: 7 },
  { shape: [1, 9, 9, 3], kernelSize: 1, strides: 3 },
  { shape: [1, 9, 10, 7], kernelSize: 3 },
  { shape: [2, 8, 9, 64], kernelSize: 7, groups: 4, groupLayout: 'contiguous' },
  { shape: [1, 8, 9, 64], kernelSize: 3, groups: 8, groupLayout: 'contiguous', strides: 2 },
  { shape: [1, 8, 9, 64], kernelSize: 7, groups: 4 },
  { shape: [1, 8, 9, 40], kernelSize: 3, groups: 8 },
  { shape: [1, 8, 9, 24], kernelSize: 5, groups: 2, strides: 2 },
  { shape: [1, 8, 9, 20], kernelSize: 3 },
  { shape: [1, 8, 9, 12], kernelSize: 3, groups: 12 },
  { shape: [1, 8, 9, 14], kernelSize: 3, groups: 14, groupLayout: 'contiguous' },
  { shape: [1, 8, 9, 12], kernelSize: 3, groups: 3 },
  { shape: [1, 8, 9, 12], kernelSize: 3, groups: 6, groupLayout: 'contiguous', strides: 2 },
  // Sixteens of channels: of pixels in a run, of groups at the edges; of more than one to a group.
  { shape: [2, 9, 20, 16], kernelSize: 3 },
  { shape: [1, 6, 7, 128], kernelSize: 7, groups: 8, groupLayout: 'contiguous' },
  { shape: [1, 8, 9, 96], kernelSize: 3, groups: 3, groupLayout: 'contiguous' },
  { shape: [2, 7, 9, 48], kernelSize: 8, groups: 3, groupLayout: 'contiguous', strides: 3 },
  // Windows too wide for planes, and rows too long.
  { shape: [1, 10, 11, 32], kernelSize: 9, groups: 2, groupLayout: 'contiguous' },
  { shape: [1, 2, 200, 128], kernelSize: 7, groups: 8, groupLayout: 'contiguous' },
];

const wave = (length: number, frequency: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * frequency) + 0.3 * Math.cos(i * 0.11));

function gradientsOf(x: Tensor, kernel: Tensor, dy: Tensor, attrs: NamedAttrMap) {
  const call = (name: string, inputs: Record<string, Tensor>, more = {}) =>
    (
      engine().runKernel(name, inputs as NamedTensorMap, { ...attrs, ...more }) as Tensor
    ).dataSync<'float32'>();
  return {
    y: call('Involution', { x, kernel }),
    dx: call('InvolutionInputGrad', { dy, kernel }, { inputShape: x.shape }),
    dkernel: call('InvolutionKernelGrad', { dy, x }),
  };
}

function expectClose(actual: Float32Array, expected: Float64Array) {
  expect(actual.length).toBe(expected.length);
  const worst = actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i]!)), 0);
  // NaN fails too.
  expect(worst).toBeLessThan(1e-4);
}

describe.each([
  ['128', false],
  ['256', true],
])('involution on the wasm heap, as for vectors of %s bits', (_, isWide) => {
  let heap: Heap;
  let threads: Threads;
  beforeAll(async () => {
    heap = await Heap.start();
    threads = await Threads.start(heap, 2, isWide);
    registerKernels<InvolutionKernels>('wasm', involutionKernels(heap, threads));
  });
  afterAll(async () => {
    await threads.dispose();
    heap.dispose();
  });

  it.each(cases)('$shape K $kernelSize s $strides G $groups $groupLayout', (given) => {
    const attrs = {
      ...{ strides: 1, groups: 1, groupLayout: 'interleaved' as const, padding: 'same' as const },
      ...given,
    };
    const geometry = involutionGeometry(given.shape, attrs);
    const { batch, outHeight, outWidth, channels, kernelSize, groups } = geometry;
    const size = sizes(geometry);
    const [x, kernel, dy] = [wave(size.x, 0.37), wave(size.kernel, 0.73), wave(size.y, 0.51)];
    const taps = kernelSize ** 2;
    const actual = gradientsOf(
      tensor(x, given.shape),
      tensor(kernel, [batch, outHeight, outWidth, taps, 1, groups]),
      tensor(dy, [batch, outHeight, outWidth, channels]),
      attrs,
    );
    const expected = naiveInvolutionGradients(x, kernel, dy, geometry);
    expectClose(actual.y, naiveInvolution(x, kernel, geometry));
    expectClose(actual.dx, expected.dx);
    expectClose(actual.dkernel, expected.dkernel);
  });
});
