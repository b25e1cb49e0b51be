import '@tensorflow/tfjs-backend-cpu';
import {
  backend_util,
  memory,
  type NamedAttrMap,
  type NamedTensorMap,
  reshape,
  setBackend,
  type Tensor,
  tensor,
  engine as tfEngine,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerConvolutionKernels } from '../../src/engines/wasm/convolutionKernels';
import { registerDepthwiseKernels } from '../../src/engines/wasm/depthwiseKernels';
import { Heap } from '../../src/engines/wasm/heap';
import { registerMatMulKernels } from '../../src/engines/wasm/matMulKernels';
import { Threads } from '../../src/engines/wasm/threads';

type Shape4 = [number, number, number, number];
type Pair = [number, number];

interface Case {
  input: Shape4;
  filter: Pair;
  outChannels: number;
  strides?: Pair;
  dilations?: Pair;
  pad?: 'same' | 'valid' | [Pair, Pair, Pair, Pair];
}

/** Small whole numbers: sums of their products are exact in any order, so that results must be equal to the bit. */
const whole = (shape: number[], salt: number) =>
  tensor(
    Float32Array.from({ length: util.sizeFromShape(shape) }, (_, i) => ((i * 7919 + salt * 613) % 7) - 3),
    shape,
  );

/** Values whose sums are rounded. */
const waves = (shape: number[], salt: number) =>
  tensor(
    Float32Array.from({ length: util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 0.37 + salt)),
    shape,
  );

function run(kernelName: string, inputs: Record<string, Tensor>, attrs: object) {
  const output = tfEngine().runKernel(kernelName, inputs as NamedTensorMap, attrs as NamedAttrMap) as Tensor;
  return output.dataSync<'float32'>();
}

/** A convolution and its gradients on the current backend; no gradients with dilation, as TF.js has none. */
function convolution(
  { input, filter, outChannels, strides = [1, 1], dilations = [1, 1], pad = 'same' }: Case,
  values = whole,
) {
  const filterShape: Shape4 = [...filter, input[3], outChannels];
  const { outShape } = backend_util.computeConv2DInfo(input, filterShape, strides, dilations, pad);
  return tidy(() => {
    const [x, w, bias, dy] = [
      values(input, 1),
      values(filterShape, 2),
      values([outChannels], 3),
      values(outShape, 4),
    ];
    const attrs = { strides, pad, dataFormat: 'NHWC' };
    return {
      y: run('Conv2D', { x: x!, filter: w! }, { ...attrs, dilations }),
      fused: run(
        'FusedConv2D',
        { x: x!, filter: w!, bias: bias! },
        { ...attrs, dilations, activation: 'relu6' },
      ),
      ...(Math.max(...dilations) === 1 && {
        dx: run('Conv2DBackpropInput', { dy: dy!, filter: w! }, { ...attrs, inputShape: input }),
        dw: run('Conv2DBackpropFilter', { x: x!, dy: dy! }, { ...attrs, filterShape }),
      }),
    };
  });
}

function depthwise({ input, filter, outChannels: multiplier, strides = [1, 1], pad = 'same' }: Case) {
  const filterShape: Shape4 = [...filter, input[3], multiplier];
  const { outShape } = backend_util.computeConv2DInfo(input, filterShape, strides, 1, pad, undefined, true);
  return tidy(() => {
    const [x, w, dy] = [whole(input, 1), whole(filterShape, 2), whole(outShape, 4)];
    const attrs = { strides, dilations: 1, pad };
    return {
      y: run('DepthwiseConv2dNative', { x, filter: w }, attrs),
      dx: run('DepthwiseConv2dNativeBackpropInput', { dy, filter: w }, { ...attrs, inputShape: input }),
      dw: run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape }),
    };
  });
}

async function on<T>(backend: 'cpu' | 'wasm', compute: () => T): Promise<T> {
  await setBackend(backend);
  const before = memory().numTensors;
  const result = compute();
  expect(memory().numTensors).toBe(before);
  return result;
}

type Results = Record<string, Float32Array>;

function expectSame(actual: Results, expected: Results) {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(actual)) {
    const wanted = expected[name]!;
    // A deep comparison of long arrays takes seconds: only for its message.
    if (!Buffer.from(values.buffer).equals(Buffer.from(wanted.buffer))) expect(values, name).toEqual(wanted);
  }
}

async function expectAsOnCpu(compute: () => Results) {
  expectSame(await on('wasm', compute), await on('cpu', compute));
}

const hasOutput = ({ input, filter, strides = [1, 1], dilations = [1, 1], pad = 'same' }: Case) =>
  backend_util
    .computeConv2DInfo(input, [...filter, input[3], 1], strides, dilations, pad)
    .outShape.every((length) => length > 0);

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));
const channels = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constantFrom(17, 66));

const cases: fc.Arbitrary<Case> = fc
  .record({
    input: fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      channels,
    ),
    filter: pair(1, 5),
    outChannels: channels,
    spacing: fc.oneof(
      pair(1, 4).map((strides) => ({ strides })),
      pair(1, 3).map((dilations) => ({ dilations })),
    ),
    pad: fc.oneof(
      fc.constantFrom('same' as const, 'valid' as const),
      fc.tuple(pair(0, 6), pair(0, 6)).map(([y, x]): [Pair, Pair, Pair, Pair] => [[0, 0], y, x, [0, 0]]),
    ),
  })
  .map(({ spacing, ...rest }) => ({ ...rest, ...spacing }))
  .filter(hasOutput);

/** Shapes that are cut in tiles across and down, in slices of channels, groups of panels and many partial sums. */
const large: Case[] = [
  { input: [1, 30, 230, 9], filter: [3, 3], outChannels: 12 },
  { input: [1, 9, 50, 130], filter: [3, 3], outChannels: 72, strides: [2, 2] },
  { input: [20, 8, 16, 3], filter: [3, 3], outChannels: 32 },
  { input: [3, 40, 60, 2], filter: [5, 5], outChannels: 70, strides: [2, 1] },
  { input: [1, 5, 5, 150], filter: [1, 1], outChannels: 150 },
  { input: [3, 30, 30, 20], filter: [7, 5], outChannels: 8, strides: [3, 2] },
  { input: [4, 1, 1, 8], filter: [3, 3], outChannels: 5 },
  { input: [1, 40, 40, 32], filter: [3, 3], outChannels: 4, dilations: [9, 9] },
  { input: [1, 100, 4, 16], filter: [1, 1], outChannels: 4, strides: [3, 3] },
];

/** Shapes that Winograd's algorithm is used for: at the edges, off them, in several images, slices and groups. */
const transformed: Case[] = [
  { input: [2, 8, 8, 16], filter: [3, 3], outChannels: 16 },
  { input: [3, 7, 9, 20], filter: [3, 3], outChannels: 36 },
  { input: [1, 12, 6, 68], filter: [3, 3], outChannels: 132, pad: 'valid' },
  {
    input: [9, 3, 4, 32],
    filter: [3, 3],
    outChannels: 16,
    pad: [
      [0, 0],
      [3, 0],
      [0, 5],
      [0, 0],
    ],
  },
  { input: [40, 6, 6, 16], filter: [3, 3], outChannels: 24 },
  { input: [1, 6, 6, 1100], filter: [3, 3], outChannels: 16 },
];

async function start(count: number, isWide = false) {
  const heap = await Heap.start();
  const threads = await Threads.start(heap, count, isWide);
  registerConvolutionKernels(heap, threads);
  registerMatMulKernels(heap, threads);
  registerDepthwiseKernels(heap, threads);
  const stop = async () => {
    await setBackend('wasm');
    await threads.dispose();
    heap.dispose();
  };
  return { heap, stop };
}

describe.each([
  ['one panel', false],
  ['two panels', true],
])('convolution on wasm, with tiles of %s', (_, isWide) => {
  let engine: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    engine = await start(2, isWide);
  });
  afterAll(() => engine.stop());

  it('is what the cpu backend computes, for any shape', () =>
    fc.assert(
      fc.asyncProperty(cases, (shape) => expectAsOnCpu(() => convolution(shape))),
      { numRuns: 100 },
    ));

  it.each(large)('is what the cpu backend computes: %j', (shape) => expectAsOnCpu(() => convolution(shape)));

  it.each(transformed)('is what the cpu backend computes by Winograd’s algorithm: %j', (shape) =>
    expectAsOnCpu(() => convolution(shape)),
  );

  it('has the depthwise convolution of the cpu backend and its gradients, for any shape', () =>
    fc.assert(
      fc.asyncProperty(
        cases.filter(({ dilations, outChannels }) => !dilations && outChannels < 5),
        (shape) => expectAsOnCpu(() => depthwise(shape)),
      ),
      { numRuns: 60 },
    ));

  it('multiplies matrices as the cpu backend does, transposed or not', () => {
    const length = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(64, 100, 257));
    return fc.assert(
      fc.asyncProperty(
        length,
        length,
        length,
        fc.boolean(),
        fc.boolean(),
        (m, k, n, transposeA, transposeB) =>
          expectAsOnCpu(() =>
            tidy(() => {
              const a = whole(transposeA ? [1, k, m] : [1, m, k], 1);
              const b = whole(transposeB ? [1, n, k] : [1, k, n], 2);
              const bias = whole([n], 3);
              return {
                product: run('BatchMatMul', { a, b }, { transposeA, transposeB }),
                fused: run('_FusedMatMul', { a, b, bias }, { transposeA, transposeB, activation: 'relu' }),
              };
            }),
          ),
      ),
      { numRuns: 80 },
    );
  });

  it('sees weights that were changed in place, as AdamStep does', async () => {
    await setBackend('wasm');
    tidy(() => {
      const [x, filter, bias] = [whole([1, 4, 4, 8], 1), whole([1, 1, 8, 8], 2), whole([8], 3)];
      const [a, b] = [reshape(x, [1, 16, 8]), reshape(filter, [1, 8, 8])];
      const convolve = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC' };
      const products = () => [
        run('Conv2D', { x, filter }, convolve),
        run('FusedConv2D', { x, filter, bias }, { ...convolve, activation: 'relu' }),
        run('BatchMatMul', { a, b }, {}),
        run('_FusedMatMul', { a, b, bias }, { activation: 'linear' }),
      ];
      const before = products();
      engine.heap.floats(filter).fill(0);
      const after = products();
      expect(before.every((values) => values.some((value) => value > 3))).toBe(true);
      for (const index of [0, 2]) expect(new Set(after[index])).toEqual(new Set([0]));
      const biases = bias.dataSync();
      expect(after[1]!.every((value, i) => value === Math.max(0, biases[i % 8]!))).toBe(true);
      expect(after[3]!.every((value, i) => value === biases[i % 8])).toBe(true);
    });
  });

  it('says what it cannot do', async () => {
    await setBackend('wasm');
    const inputs = {
      x: whole([1, 9, 9, 5000], 1),
      dy: whole([1, 9, 9, 1], 1),
      filter: whole([9, 9, 5000, 1], 1),
    };
    const attrs = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC' };
    expect(() => run('Conv2D', inputs, attrs)).toThrow('A 9 × 9 filter over 5000 channels is too large');
    expect(() => run('Conv2D', inputs, { ...attrs, dataFormat: 'NCHW' })).toThrow(
      'takes images in NHWC layout',
    );
    expect(() => run('BatchMatMul', { a: whole([2, 3], 1), b: whole([2, 3], 1) }, {})).toThrow(
      'can’t multiply shapes [2,3] and [2,3]: it would sum over 3 values of the first and 2 of the second',
    );
  });
});

describe('convolution on any number of threads, with tiles of any width', () => {
  it('gives the same bits', async () => {
    const results = [];
    const ways = [1, 2, 3, 5].flatMap((count) => [false, true].map((isWide) => ({ count, isWide })));
    for (const { count, isWide } of ways) {
      const { stop } = await start(count, isWide);
      results.push([...large.slice(0, 4), ...transformed].map((shape) => convolution(shape, waves)));
      await stop();
    }
    for (const result of results)
      for (const [index, outputs] of result.entries()) expectSame(outputs, results[0]![index]!);
    expect(results[0]![0]!.y[1000]).not.toBe(0);
  });
});
