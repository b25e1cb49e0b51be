import { matMul, ones, type Rank, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../src/core/network/build';
import type { ModelId } from '../../src/core/network/model';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { Random } from '../../src/core/random';
import { Steps } from '../../src/core/training/step';
import { Trainee } from '../../src/core/training/trainee';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('wasm');
});
afterAll(() => engine.dispose());

/** What the dense layer of the convolution network meets at 200 and at 512 pixels a side. */
const inputs = [160_000, 1_048_576];

describe.each(inputs)('products over %i channels', (depth) => {
  // Of a few values each, so that sums are exact in float32, in any order.
  const value = (row: number, column: number) => ((row * 7 + column * 3) % 5) - 2;
  const matrix = (rows: number, columns: number): Tensor2D => {
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) values[row * columns + column] = value(row, column);
    return tensor2d(values, [rows, columns]);
  };
  const expected = (rows: number, columns: number) =>
    Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => {
        let sum = 0;
        for (let i = 0; i < depth; i++) sum += value(row, i) * value(i, column);
        return sum;
      }),
    );

  it('are those of a loop, and so are their gradients', async () => {
    const [a, b] = [matrix(3, depth), matrix(depth, 9)];
    expect(await matMul(a, b).array()).toEqual(expected(3, 9));
    // The gradient of a, dy · bᵀ, and of b, aᵀ · dy.
    const dy = ones<Rank.R2>([3, 9]);
    const [ofA, ofB] = [matMul(dy, b, false, true), matMul(a, dy, true, false)];
    expect([ofA.shape, ofB.shape]).toEqual([
      [3, depth],
      [depth, 9],
    ]);
    const [valuesA, valuesB] = await Promise.all([ofA.data(), ofB.data()]);
    for (const i of [0, 1, 4, depth >> 1, depth - 1]) {
      let [sumA, sumB] = [0, 0];
      for (let column = 0; column < 9; column++) sumA += value(i, column);
      for (let row = 0; row < 3; row++) sumB += value(row, i);
      for (let row = 0; row < 3; row++) expect(valuesA[row * depth + i]).toBe(sumA);
      for (let column = 0; column < 9; column++) expect(valuesB[i * 9 + column]).toBe(sumB);
    }
    for (const tensor of [a, b, dy, ofA, ofB]) tensor.dispose();
  });
});

describe('training on large images', () => {
  // Losses of the first two steps, as the cpu engine has them: it took up to eight minutes.
  it.each([
    { model: 'convolution', size: 200, count: 1, losses: [0.9241861, 0] },
    { model: 'involution', size: 200, count: 2, losses: [1.0954129, 0.9207637] },
    { model: 'involution', size: 512, count: 1, losses: [1.074519, 0.3100331] },
  ] as const)(
    'computes what the cpu engine computes: %j',
    async ({ model, size, count, losses }) => {
      const computed = await twoSteps(model, size, count);
      for (const [i, loss] of losses.entries()) expect(computed[i]).toBeCloseTo(loss, 4);
    },
    300_000,
  );
});

async function twoSteps(model: ModelId, size: number, count: number): Promise<number[]> {
  const imageShape = [size, size, 3] as const;
  const trainee = new Trainee(
    model,
    buildNetwork(presetNetwork(model), { inputShape: imageShape, classes: 3, seed: 14 }),
    { kind: 'adam' },
  );
  const random = new Random(5);
  const images = Uint8Array.from({ length: count * size * size * 3 }, () => random.below(256));
  const batch = { images, labels: Uint8Array.from({ length: count }, (_, i) => i), count };
  const steps = new Steps(trainee.network, trainee.optimizer, { imageShape });
  const losses: number[] = [];
  for (const step of [1, 2]) {
    const { loss, correct } = steps.train(batch, step, 1e-3);
    losses.push((await loss.data())[0]!);
    loss.dispose();
    correct.dispose();
  }
  steps.dispose();
  trainee.dispose();
  return losses;
}
