import { createRequire } from 'node:module';
import {
  conv2d,
  dispose,
  FusedConv2D,
  findBackend,
  fused,
  getKernel,
  type KernelBackend,
  MaxPool,
  MaxPoolGrad,
  maxPool,
  memory,
  mul,
  type NamedAttrMap,
  relu,
  slice,
  sum,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tensor4d,
  engine as tfEngine,
  tidy,
  transpose,
  util,
  valueAndGrads,
  variable,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Involution } from '../../src/core/involution/layer';
import { Optimizer } from '../../src/core/training/optimizers/optimizer';
import { normalizePixels } from '../../src/core/training/pixels';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import type { TensorFlowBackend } from '../../src/engines/tensorflow/backend';
import { tensorFlowDriver } from '../../src/engines/tensorflow/driver';
import { ensureTensorFlow } from '../../src/tools/setup/tensorFlow';
import { batchNormalizationSuite } from './suite/batchNormalization';
import { generationSuite } from './suite/generation';
import { generatorSuite } from './suite/generators';
import { involutionSuite } from './suite/involution';
import { kerasSuite } from './suite/keras';
import { kerasBatchNormalizationSuite } from './suite/kerasBatchNormalization';
import { networkSuite } from './suite/networks';
import { plannedStepsSuite } from './suite/plannedSteps';
import { trainingSuite } from './suite/training';

let engine: Engine;
beforeAll(async () => {
  await ensureTensorFlow();
  takeAwayWhatNode23Took();
  engine = await startEngine('tensorflow');
}, 600_000);
afterAll(() => engine?.dispose());

/** So that the suites run on every Node as they do on 23 and later. */
function takeAwayWhatNode23Took() {
  const util = createRequire(import.meta.url)('node:util');
  delete util.isNullOrUndefined;
  delete util.isArray;
}

describe('the tensorflow engine', () => {
  it('is what it reports to be', async () => {
    const report = await tensorFlowDriver.probe();
    expect(report).toMatchObject({ available: true, gpu: false, version: '2.21.0', reason: '', cure: '' });
    expect([engine.device, engine.version, engine.reason]).toEqual([report.device, '2.21.0', 'chosen']);
  });

  it('keeps a copy of a variable that a borrowed kernel writes over', async () => {
    const weight = tidy(() => variable(tensor1d([1, 2, 3])));
    const adam = new Optimizer({ kind: 'adam' }, [weight]);
    const first = tensor1d([1, 1, 1]);
    adam.apply([first], 0.1, 1);
    const copy = weight.clone();
    const before = Array.from(await weight.data());
    adam.apply([first], 0.1, 2);
    expect(Array.from(await copy.data())).toEqual(before);
    expect(Array.from(await weight.data())).not.toEqual(before);
    adam.dispose();
    dispose([weight, first, copy]);
  });

  it('leaves nothing on the heap of the kernels that it borrows', async () => {
    const heap = findBackend('wasm') as KernelBackend;
    const before = heap.numDataIds();
    const x = tensor4d(new Array(2 * 5 * 5 * 2).fill(0.5), [2, 5, 5, 2]);
    const layer = new Involution({ seed: 1 });
    const outputs = layer.apply(x) as Tensor[];
    expect(heap.numDataIds()).toBeGreaterThan(before);
    expect((await outputs[0]!.data()).every(Number.isFinite)).toBe(true);
    layer.dispose();
    dispose([x, outputs]);
    expect(heap.numDataIds()).toBe(before);
  });

  it('keeps what it took of a borrowed kernel when the heap has other values there', async () => {
    const images = (value: number) =>
      Array.from({ length: 16 }, () => normalizePixels(new Uint8Array(4 * 16).fill(value), [4, 1, 1, 16]));
    const whole = images(255);
    // TensorFlow gives no copy for this, but a part of the same memory.
    const parts = whole.map((image) => slice(image, [1, 0, 0, 0], [2, 1, 1, 16]));
    dispose(whole);
    const others = images(0);
    for (const part of parts) expect(Array.from(await part.data())).toEqual(new Array(32).fill(1));
    dispose([...parts, ...others]);
  });

  it('transposes on the heap what is only there', async () => {
    const ops = vi.spyOn(findBackend('tensorflow') as TensorFlowBackend, 'executeSingleOutput');
    const onHeap = normalizePixels(Uint8Array.of(0, 51, 102, 153, 204, 255), [1, 2, 3, 1]);
    const there = transpose(onHeap, [2, 1, 0, 3]);
    expect(ops).not.toHaveBeenCalled();
    const elsewhere = transpose(mul(onHeap, 5), [2, 1, 0, 3]);
    expect(ops.mock.calls.map(([op]) => op)).toContain('Transpose');
    ops.mockRestore();
    expect(there.shape).toEqual([3, 2, 1, 1]);
    expect(Array.from(await there.data())).toEqual([0, 0.6, 0.2, 0.8, 0.4, 1].map(Math.fround));
    expect(Array.from(await elsewhere.data())).toEqual([0, 3, 1, 4, 2, 5]);
    dispose([onHeap, there, elsewhere]);
  });

  it.each([
    { size: 1, stride: 1, pad: 'valid' },
    { size: 5, stride: 1, pad: 'same' },
    { size: 5, stride: 2, pad: 'same' },
    { size: 6, stride: 3, pad: 'valid' },
    { size: 7, stride: 3, pad: 'valid' },
    { size: 2, stride: 4, pad: 'same' },
    { size: 4, stride: 2, pad: 'same', channels: 512, filters: 1024 },
  ] as const)('takes a 1×1 convolution as a matrix product: %o', async (shape) => {
    const { size, stride, pad } = shape;
    const { channels = 3, filters = 4 } = shape as { channels?: number; filters?: number };
    const out = Math.ceil(size / stride);
    // Small whole numbers: their sums are exact in any order.
    const whole = (length: number, salt: number) =>
      Float32Array.from({ length }, (_, i) => ((i * 7919 + salt * 613) % 7) - 3);
    const [x, w, bias, dy] = [
      whole(2 * size * size * channels, 1),
      whole(channels * filters, 2),
      whole(filters, 3),
      whole(2 * out * out * filters, 4),
    ] as const;
    const expected = {
      y: new Float32Array(dy.length),
      dx: new Float32Array(x.length),
      dw: new Float32Array(w.length),
    };
    for (let b = 0; b < 2; b++)
      for (let i = 0; i < out; i++)
        for (let j = 0; j < out; j++) {
          const from = ((b * size + i * stride) * size + j * stride) * channels;
          const to = ((b * out + i) * out + j) * filters;
          for (let f = 0; f < filters; f++) {
            for (let c = 0; c < channels; c++) {
              expected.y[to + f]! += x[from + c]! * w[c * filters + f]!;
              expected.dx[from + c]! += dy[to + f]! * w[c * filters + f]!;
              expected.dw[c * filters + f]! += x[from + c]! * dy[to + f]!;
            }
          }
        }
    const images = tensor4d(x, [2, size, size, channels]);
    const filter = tensor4d(w, [1, 1, channels, filters]);
    const backend = findBackend('tensorflow') as TensorFlowBackend;
    const ops = vi.spyOn(backend, 'executeSingleOutput');
    const { value, grads: gradients } = valueAndGrads((x, w) =>
      conv2d(x as Tensor4D, w as Tensor4D, stride, pad),
    )([images, filter], tensor4d(dy, [2, out, out, filters]));
    const activated = fused.conv2d({
      ...{ x: images, filter, strides: stride, pad },
      ...{ bias: tensor1d(bias), activation: 'relu' },
    });
    expect(ops.mock.calls.map(([op]) => op)).toContain('MatMul');
    expect(ops.mock.calls.map(([op]) => op).filter((op) => op.includes('Conv'))).toEqual([]);
    ops.mockRestore();
    expect(await value.data()).toEqual(expected.y);
    expect(await gradients[0]!.data()).toEqual(expected.dx);
    expect(await gradients[1]!.data()).toEqual(expected.dw);
    const biased = expected.y.map((value, i) => Math.max(0, value + bias[i % filters]!));
    expect(await activated.data()).toEqual(biased);
    dispose([images, filter, value, gradients, activated]);
  });

  it.each([
    { filterSize: 2, strides: 2, pad: 'valid' },
    { filterSize: 3, strides: 1, pad: 'same' },
  ] as const)('sums the gradient of a max-pooling as what it is made of: %o', async (pooling) => {
    // Small whole numbers: their sums are exact in any order.
    const whole = (shape: [number, number, number, number], salt: number) =>
      tensor4d(
        Float32Array.from({ length: util.sizeFromShape(shape) }, (_, i) => ((i * 7919 + salt) % 13) - 6),
        shape,
      );
    const x = whole([2, 6, 6, 16], 1);
    const y = maxPool(x, pooling.filterSize, pooling.strides, pooling.pad);
    const dy = whole(y.shape, 5);
    const inputs = { dy, input: x, output: y };
    const dx: Tensor = tfEngine().runKernel(MaxPoolGrad, inputs, pooling as unknown as NamedAttrMap);
    const ops = vi.spyOn(findBackend('tensorflow') as TensorFlowBackend, 'executeSingleOutput');
    const [byChannel, byRow] = [sum(dx, [0, 1, 2]), sum(dx, [0, 2, 3])];
    expect(ops.mock.calls[0]![2].map(({ shape }) => shape)).toEqual([y.shape]);
    ops.mockRestore();
    const values = await dx.data();
    const expected = { byChannel: new Float32Array(16), byRow: new Float32Array(6) };
    for (const [i, value] of values.entries()) {
      expected.byChannel[i % 16]! += value;
      expected.byRow[Math.floor(i / 96) % 6]! += value;
    }
    expect(await byChannel.data()).toEqual(expected.byChannel);
    expect(await byRow.data()).toEqual(expected.byRow);
    dispose([x, y, dy, dx, byChannel, byRow]);
  });

  it('has a ReLU before max-pooling wait, and gives the same', async () => {
    const backend = findBackend('tensorflow') as TensorFlowBackend;
    const waves = (shape: [number, number, number, number], salt: number) =>
      tensor4d(
        Float32Array.from({ length: util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 0.37 + salt)),
        shape,
      );
    const run = (kernel: string, inputs: Record<string, Tensor>, attrs: object = {}) =>
      tfEngine().runKernel(kernel, inputs, attrs as NamedAttrMap) as Tensor;
    const geometry = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, filterSize: 2 };
    const pooling = { filterSize: 2, strides: 2, pad: 'valid' };
    const [x, filter, dp] = [waves([2, 6, 6, 3], 1), waves([3, 3, 3, 4], 2), waves([2, 3, 3, 4], 3)] as const;
    const bias = tensor1d([0.1, -0.2, 3, -3]);
    const before = memory();
    const ops = vi.spyOn(backend, 'executeSingleOutput');
    const rectified = () =>
      ops.mock.calls.filter(([op]) => op.startsWith('Relu')).map(([, , [t]]) => t!.shape);

    const step = (activation: 'relu' | 'linear', asked: (y: Tensor) => void) =>
      tidy(() => {
        const z = run(FusedConv2D, { x, filter, bias }, { ...geometry, activation });
        const y = activation === 'relu' ? z : relu(z);
        asked(y);
        const pooled = run(MaxPool, { x: y }, pooling);
        const dy = run(MaxPoolGrad, { dy: dp, input: y, output: pooled }, pooling);
        const dz = run('ReluGrad', { dy, y });
        // Zeros of either sign are the same.
        return [pooled, dz, y].map((tensor) => Array.from(tensor.dataSync(), (value) => value + 0));
      });
    const expected = step('linear', () => {});
    expect(expected[0]!.filter((value) => value === 0).length).toBeGreaterThan(5);
    expect(getKernel('MaxPoolReluGrad', 'tensorflow'), 'by which a plan would pass both by').toBeUndefined();
    ops.mockClear();
    expect(step('relu', () => {})).toEqual(expected);
    // What was pooled, its gradient, and, as the test asks for it, what the ReLU gives.
    expect(rectified()).toEqual([
      [2, 3, 3, 4],
      [2, 3, 3, 4],
      [2, 6, 6, 4],
    ]);
    expect(step('relu', (y) => y.dataSync())).toEqual(expected);
    ops.mockRestore();
    const { numTensors, numBytes, numDataBuffers } = memory();
    expect({ numTensors, numBytes, numDataBuffers }).toEqual({
      numTensors: before.numTensors,
      numBytes: before.numBytes,
      numDataBuffers: before.numDataBuffers,
    });
    dispose([x, filter, dp, bias]);
  });

  it('starts again after it was disposed, and gives TF.js its kernels back', async () => {
    expect(getKernel('Involution', 'tensorflow')).toBeDefined();
    await engine.dispose();
    expect(getKernel('Involution', 'tensorflow')).toBeUndefined();
    engine = await startEngine('tensorflow');
    expect(Array.from(await relu(tensor1d([-1, 2])).data())).toEqual([0, 2]);
  });
});

const context = { name: 'tensorflow', tolerance: 1e-5 } as const;
involutionSuite(context);
generationSuite(context);
batchNormalizationSuite(context);
generatorSuite(context);
trainingSuite(context);
plannedStepsSuite(context);
kerasSuite(context);
kerasBatchNormalizationSuite(context);
networkSuite(context);
