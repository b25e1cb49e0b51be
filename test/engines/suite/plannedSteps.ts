import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../src/core/network/build';
import type { NetworkSpec } from '../../../src/core/network/network';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { Random } from '../../../src/core/random';
import { Steps } from '../../../src/core/training/step';
import { Trainee } from '../../../src/core/training/trainee';
import type { SuiteContext } from './context';

const imageShape = [8, 8, 3] as const;
const classes = 3;

const networks: readonly (readonly [string, NetworkSpec])[] = [
  ...(['involution', 'convolution', 'static', 'attention'] as const).map(
    (id) => [id, presetNetwork(id)] as const,
  ),
  [
    'residual',
    parseNetwork({
      name: 'residual',
      layers: [
        { kind: 'convolution', filters: 8, kernelSize: 3, bias: false },
        { kind: 'batch-norm' },
        { kind: 'activation' },
        {
          kind: 'residual',
          main: [
            { kind: 'involution', kernelSize: 3, strides: 2, groups: 2, groupLayout: 'contiguous' },
            { kind: 'batch-norm' },
            { kind: 'activation' },
            { kind: 'convolution', filters: 8, kernelSize: 1, bias: false },
            { kind: 'batch-norm' },
          ],
          shortcut: [{ kind: 'convolution', filters: 8, kernelSize: 1, strides: 2 }, { kind: 'batch-norm' }],
        },
        { kind: 'activation' },
        { kind: 'global-average-pool' },
        { kind: 'dense', units: 'classes' },
      ],
    }),
  ],
  [
    'dropout',
    parseNetwork({
      name: 'dropout',
      layers: [
        { kind: 'convolution', filters: 4, kernelSize: 3 },
        { kind: 'dropout', rate: 0.5 },
        { kind: 'flatten' },
        { kind: 'dropout', rate: 0.25 },
        { kind: 'dense', units: 'classes' },
      ],
    }),
  ],
];

/** Steps that are replayed from a plan, against the same steps on TF.js's tape. */
export function plannedStepsSuite(context: SuiteContext): void {
  describe('steps that were planned are those of the tape', () => {
    it.each(networks)('%s', { timeout: 900_000 }, async (_, network) => {
      const before = memory().numTensors;
      const [planned, taped] = [await train(network, true), await train(network, false)];
      const isExact = context.name === 'cpu' || context.name === 'wasm';
      expect(planned.length).toBe(taped.length);
      for (const [i, value] of planned.entries())
        if (isExact) expect(value).toBe(taped[i]);
        else expect(Math.abs(value - taped[i]!)).toBeLessThan(2e-3);
      expect(memory().numTensors, 'tensors left behind').toBe(before);
    });
  });
}

/** The losses of six steps, of them two of fewer images (so few that no others were tried before), of an evaluation after each, and the weights after all. */
async function train(network: NetworkSpec, isPlanned: boolean): Promise<number[]> {
  const trainee = new Trainee('any', buildNetwork(network, { inputShape: imageShape, classes, seed: 3 }), {
    kind: 'adam',
  });
  const newSteps = () =>
    new Steps(trainee.network, trainee.optimizer, { imageShape, clipNorm: 1, labelSmoothing: 0.1 });
  let steps = newSteps();
  const values: number[] = [];
  for (const [i, count] of [8, 8, 2, 8, 2, 8].entries()) {
    const batch = batchOf(count, i);
    for (const result of [steps.train(batch, i + 1, 1e-3 / (i + 1)), steps.evaluate(batch)]) {
      values.push((await result.loss.data())[0]!, (await result.correct.data())[0]!);
      result.loss.dispose();
      result.correct.dispose();
    }
    // The first call of any is the tape's.
    if (isPlanned) continue;
    steps.dispose();
    steps = newSteps();
  }
  for (const weight of trainee.network.getWeights()) values.push(...(await weight.data()));
  steps.dispose();
  trainee.dispose();
  return values;
}

function batchOf(count: number, seed: number) {
  const random = new Random(seed);
  const images = Uint8Array.from({ length: count * 8 * 8 * 3 }, () => random.below(256));
  return { images, labels: Uint8Array.from({ length: count }, () => random.below(classes)), count };
}
