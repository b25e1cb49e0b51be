import '@tensorflow/tfjs-backend-cpu';
import {
  dispose,
  type Rank,
  setBackend,
  type Tensor,
  tensor,
  tensor1d,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildNetwork } from '../../src/core/network/build';
import type { ModelId } from '../../src/core/network/model';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { exampleModels } from '../../src/core/runs/spec';
import { sparseSoftmaxCrossEntropy } from '../../src/core/training/loss';
import { Optimizer } from '../../src/core/training/optimizers/optimizer';
import { normalizePixels } from '../../src/core/training/pixels';
import { Steps } from '../../src/core/training/step';
import { wasmDriver } from '../../src/engines/wasm/driver';

const wave = (length: number, frequency: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * frequency));

/** What `compute` gives on the wasm engine, beside what the portable kernels give on the cpu backend. */
async function onBoth(compute: () => Promise<Float32Array[]> | Float32Array[]) {
  const results: Float32Array[][] = [];
  for (const backend of ['wasm', 'cpu']) {
    await setBackend(backend);
    results.push(await compute());
  }
  const [wasm, cpu] = results as [Float32Array[], Float32Array[]];
  return wasm.map((values, i) => ({ wasm: values, cpu: cpu[i]! }));
}

function expectEqual(pairs: { wasm: Float32Array; cpu: Float32Array }[], tolerance: number) {
  for (const { wasm, cpu } of pairs) {
    expect(wasm.length).toBe(cpu.length);
    const worst = wasm.reduce((worst, value, i) => Math.max(worst, Math.abs(value - cpu[i]!)), 0);
    expect(worst).toBeLessThanOrEqual(tolerance);
  }
}

/** The place of the largest of a row's ten values. */
function bestOf(values: Float32Array, row: number) {
  const ten = values.subarray(10 * row, 10 * row + 10);
  return ten.indexOf(Math.max(...ten));
}

describe('the training kernels of the wasm engine', () => {
  let engine: Awaited<ReturnType<typeof wasmDriver.start>>;
  beforeAll(async () => {
    engine = await wasmDriver.start();
  });
  afterAll(() => engine.dispose());

  it('takes Adam steps over variables of many shapes', async () => {
    const shapes = [[3, 5], [], [70_001], [2, 2, 2]];
    const steps = async () => {
      const variables = shapes.map((shape, i) =>
        variable(
          tensor(
            wave(
              shape.reduce((a, b) => a * b, 1),
              0.3 + i,
            ),
            shape as [number],
          ),
        ),
      );
      const adam = new Optimizer({ kind: 'adam' }, variables);
      for (let step = 1; step <= 3; step++) {
        const gradients = variables.map(
          (v, i) => tensor(wave(v.size, 1.3 + i + step), v.shape as [number]) as Tensor,
        );
        adam.apply(gradients, 1e-2, step);
      }
      const { m, v } = await adam.slots();
      const values = variables.map((variable) => variable.dataSync<'float32'>());
      for (const variable of variables) variable.dispose();
      adam.dispose();
      return [m!, v!, ...values];
    };
    const pairs = await onBoth(steps);
    expectEqual(pairs, 1e-6);
    expect(pairs[4]!.wasm[5]).not.toBe(wave(6, 2.3)[5]);
  });

  it('measures the softmax cross-entropy and its gradient', async () => {
    const logits = wave(7 * 10, 2.1).map((value) => 30 * value);
    const labels = [3, 0, 9, 9, 1, 5, 2];
    const pairs = await onBoth(() => {
      const x = variable(tensor<Rank.R2>(logits, [7, 10]));
      let right: Float32Array | undefined;
      const { value, grads } = variableGrads(() => {
        const { loss, correct } = sparseSoftmaxCrossEntropy(tensor1d(labels, 'int32'), x as never);
        right = correct.dataSync<'float32'>();
        return loss;
      }, [x]);
      return [value.dataSync<'float32'>(), grads[x.name]!.dataSync<'float32'>(), right!];
    });
    expectEqual(pairs, 1e-5);
    expect(pairs[2]!.wasm[0]).toBe(labels.filter((label, row) => label === bestOf(logits, row)).length);
  });

  it('normalises every byte as a correctly rounded division does', async () => {
    const bytes = Uint8Array.from({ length: 257 }, (_, i) => i % 256);
    await setBackend('wasm');
    const floats = normalizePixels(bytes, [1, 1, 257, 1]);
    expect(floats.dataSync()).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
  });
});

describe('training on the wasm engine', () => {
  it.each(exampleModels)('gives the same bits on any number of threads: %s', async (model) => {
    const runs: Buffer[] = [];
    for (const threads of ['1', '2', '5']) {
      vi.stubEnv('INVOLUTION_LAB_THREADS', threads);
      const engine = await wasmDriver.start();
      expect(engine.device).toContain(` ${threads} thread`);
      runs.push(trainAWhile(model));
      await engine.dispose();
    }
    vi.unstubAllEnvs();
    expect(runs[1]!.equals(runs[0]!)).toBe(true);
    expect(runs[2]!.equals(runs[0]!)).toBe(true);
  });
});

/** The weights after five steps, two of them recorded and three replayed, on batches of 50 noisy images. */
function trainAWhile(model: ModelId): Buffer {
  const network = buildNetwork(presetNetwork(model));
  const variables = network.trainableWeights.map((weight) => weight.read() as Variable);
  const adam = new Optimizer({ kind: 'adam' }, variables);
  const steps = new Steps(network, adam, { imageShape: [32, 32, 3], clipNorm: 0.5 });
  const count = 50;
  for (let step = 1; step <= 5; step++) {
    const images = Uint8Array.from(
      { length: count * 3072 },
      (_, i) => ((i * 2654435761 * step) >>> 13) & 255,
    );
    const labels = Uint8Array.from({ length: count }, (_, i) => (i * step) % 10);
    const { loss, correct } = steps.train({ images, labels, count }, step, 1e-2);
    expect(loss.dataSync()[0]).toBeLessThan(20);
    dispose([loss, correct]);
  }
  const weights = network.getWeights().map((weight) => Buffer.from(weight.dataSync().buffer));
  steps.dispose();
  adam.dispose();
  network.dispose();
  return Buffer.concat(weights);
}
