import {
  add,
  dispose,
  keep,
  memory,
  mul,
  type Scalar,
  sum,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Involution } from '../../../src/core/involution/layer';
import { buildNetwork } from '../../../src/core/network/build';
import type { ModelId } from '../../../src/core/network/model';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { exampleModels } from '../../../src/core/runs/spec';
import { Optimizer } from '../../../src/core/training/optimizers/optimizer';
import { Steps } from '../../../src/core/training/step';
import { type GoldenArray, type LayerCase, layerCases, trainingLosses } from '../../golden/fixtures';
import { setWeights, trainingBatch } from '../../golden/pseudorandom';
import { expectClose, type SuiteContext } from './context';

/** A started engine against what the real Keras computed (test/golden/make_golden.py). */
export function kerasSuite(context: SuiteContext): void {
  kerasLayerSuite(context);
  describe("the first 20 Adam steps give Keras's losses", () => {
    // Minutes, on a software GPU beside other work.
    it.each(exampleModels)('%s', { timeout: 900_000 }, (model) => expectKerasLosses(model, 1e-4));
  });
}

/** The layer alone: outputs, all gradients, moving statistics. */
export function kerasLayerSuite({ tolerance }: SuiteContext): void {
  describe('the Involution layer computes what Keras does', () => {
    it.each(layerCases())('$name', async (golden) => {
      const before = memory().numTensors;
      const { outputs, gradients, moving } = runLayer(golden);
      const { output, kernel } = outputs;
      await expectClose(output, golden.outputs.output.values, tolerance, 'output');
      await expectClose(kernel, golden.outputs.kernel.values, tolerance, 'kernel');
      // Sums over hundreds of values of both signs, hence the factor.
      for (const [index, { values }] of [golden.dx, ...golden.dweights].entries()) {
        const name = index === 0 ? 'dx' : `gradient of weight ${index - 1}`;
        await expectClose(gradients[index]!, values, 20 * tolerance, name);
      }
      await expectClose(moving[0]!, golden.moving.mean.values, tolerance, 'moving mean');
      await expectClose(moving[1]!, golden.moving.variance.values, tolerance, 'moving variance');
      dispose([output, kernel, gradients, moving]);
      expect(memory().numTensors, 'tensors left behind').toBe(before);
    });
  });
}

/** Σ output · dy + Σ kernel · dkernel, differentiated in the input and the trainable weights. */
function runLayer({ layer: args, training, inputs, weights }: LayerCase) {
  const x = tidy(() => variable(asTensor(inputs.x)));
  const [dy, dkernel] = [asTensor(inputs.dy), asTensor(inputs.dkernel)];
  const initial = weights.map(asTensor);
  const layer = new Involution(args);
  layer.build(x.shape);
  layer.setWeights(initial);
  const variables = [x, ...layer.trainableWeights.map((weight) => weight.read() as Variable)];
  let outputs!: { output: Tensor; kernel: Tensor };
  const { value, grads } = variableGrads(() => {
    const [output, kernel] = layer.apply(x, { training }) as [Tensor, Tensor];
    outputs = { output: keep(output), kernel: keep(kernel) };
    return add(sum(mul(output, dy)), sum(mul(kernel, dkernel))) as Scalar;
  }, variables);
  const gradients = variables.map(({ name }) => grads[name]!);
  const moving = layer
    .getWeights()
    .slice(6)
    .map((weight) => weight.clone());
  dispose([value, x, dy, dkernel, ...initial, ...layer.getWeights()]);
  return { outputs, gradients, moving };
}

function asTensor({ values, shape }: GoldenArray): Tensor {
  return tensor(values, shape);
}

/** From the same weights, on the same batches, with the trainer's own step. */
async function expectKerasLosses(model: ModelId, tolerance: number): Promise<void> {
  const before = memory().numTensors;
  const golden = trainingLosses()[model]!;
  const network = buildNetwork(presetNetwork(model));
  setWeights(network);
  const variables = network.trainableWeights.map((weight) => weight.read() as Variable);
  const adam = new Optimizer({ kind: 'adam' }, variables);
  const steps = new Steps(network, adam, { imageShape: [32, 32, 3] });
  const losses: number[] = [];
  for (const index of golden.losses.keys()) {
    const batch = trainingBatch(golden.firstBatch + index, golden.batchSize);
    const { loss, correct } = steps.train(batch, index + 1, 1e-3);
    losses.push((await loss.data())[0]!);
    dispose([loss, correct]);
  }
  steps.dispose();
  adam.dispose();
  network.dispose();
  expect(memory().numTensors, 'tensors left behind').toBe(before);
  for (const [index, loss] of losses.entries()) {
    expect(Math.abs(loss - golden.losses[index]!), `loss of step ${index + 1}: ${loss}`).toBeLessThan(
      tolerance,
    );
  }
}
