import {
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
import { BatchNormalization } from '../../../src/core/batchNormalization/layer';
import { type BatchNormCase, batchNormCases, type GoldenArray } from '../../golden/fixtures';
import { expectClose, type SuiteContext } from './context';

/** The layer on a started engine against what the real Keras computed (test/golden/make_golden.py). */
export function kerasBatchNormalizationSuite({ tolerance }: SuiteContext): void {
  describe('the BatchNormalization layer computes what Keras does', () => {
    it.each(batchNormCases())('$name', async (golden) => {
      const before = memory().numTensors;
      const { output, gradients, moving } = runLayer(golden);
      await expectClose(output, golden.output.values, tolerance, 'output');
      const expected = [golden.dx, ...golden.dweights];
      expect(gradients.length).toBe(expected.length);
      for (const [index, { values }] of expected.entries()) {
        const name = index === 0 ? 'dx' : `gradient of weight ${index - 1}`;
        await expectClose(gradients[index]!, values, 20 * tolerance, name);
      }
      await expectClose(moving[0]!, golden.moving.mean.values, tolerance, 'moving mean');
      await expectClose(moving[1]!, golden.moving.variance.values, tolerance, 'moving variance');
      dispose([output, gradients, moving]);
      expect(memory().numTensors, 'tensors left behind').toBe(before);
    });
  });
}

/** Σ output · dy, differentiated in the input and the trainable weights. */
function runLayer({ layer: args, training, x: input, dy: gradient, weights }: BatchNormCase) {
  const x = tidy(() => variable(asTensor(input)));
  const dy = asTensor(gradient);
  const initial = weights.map(asTensor);
  const layer = new BatchNormalization(args);
  layer.build(x.shape);
  layer.setWeights(initial);
  const variables = [x, ...layer.trainableWeights.map((weight) => weight.read() as Variable)];
  let output!: Tensor;
  const { value, grads } = variableGrads(() => {
    output = keep(layer.apply(x, { training }) as Tensor);
    return sum(mul(output, dy)) as Scalar;
  }, variables);
  const gradients = variables.map(({ name }) => grads[name]!);
  const moving = layer
    .getWeights()
    .slice(-2)
    .map((weight) => weight.clone());
  dispose([value, x, dy, ...initial, ...layer.getWeights()]);
  return { output, gradients, moving };
}

function asTensor({ values, shape }: GoldenArray): Tensor {
  return tensor(values, shape);
}
