import { expandModels } from '../../../src/core/network/model';
import '@tensorflow/tfjs-backend-cpu';
import {
  setBackend,
  type Tensor2D,
  tensor1d,
  tensor2d,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OptimizerSpec, OptimizerSpec as Schema } from '../../../src/core/runs/hyperParameters';
import { RunSpec } from '../../../src/core/runs/spec';
import { smoothedLoss, sparseSoftmaxCrossEntropy } from '../../../src/core/training/loss';
import { Optimizer } from '../../../src/core/training/optimizers/optimizer';

beforeAll(() => setBackend('cpu'));

/** A weight of 1 (a matrix, so that it decays) and a bias of 1, after steps with a gradient of 0.5 at a rate of 0.1. */
function moved(spec: OptimizerSpec, steps: number): [weight: number, bias: number] {
  const variables: Variable[] = [variable(tensor2d([[1]])), variable(tensor1d([1]))];
  const optimizer = new Optimizer(spec, variables);
  for (let step = 1; step <= steps; step++) optimizer.apply([tensor2d([[0.5]]), tensor1d([0.5])], 0.1, step);
  return variables.map((each) => each.dataSync()[0]!) as [number, number];
}

describe('an optimizer', () => {
  // By hand: velocities −0.05, −0.095; the weight loses 0.1 · 0.01 of itself first.
  it.each([
    [{ momentum: 0.9, nesterov: false, weightDecay: 0.01 }, 1, [0.949, 0.95]],
    [{ momentum: 0.9, nesterov: false, weightDecay: 0.01 }, 2, [0.853051, 0.855]],
    [{ momentum: 0.9, nesterov: true, weightDecay: 0.01 }, 1, [0.904, 0.905]],
    [{ momentum: 0, nesterov: false, weightDecay: 0 }, 2, [0.9, 0.9]],
    // Without momentum there is nothing to look ahead along.
    [{ momentum: 0, nesterov: true, weightDecay: 0 }, 2, [0.9, 0.9]],
  ] as const)('of kind sgd with %j goes, in %i steps, where it goes by hand', (fields, steps, expected) => {
    for (const [i, value] of moved({ kind: 'sgd', ...fields }, steps).entries())
      expect(value).toBeCloseTo(expected[i]!, 6);
  });

  it('of kind adamw is adam where nothing decays, and takes its part off weights but not off biases', () => {
    expect(moved({ kind: 'adamw', weightDecay: 0 }, 3)).toEqual(moved({ kind: 'adam' }, 3));
    const [weight, bias] = moved({ kind: 'adamw', weightDecay: 0.5 }, 1);
    const [plain] = moved({ kind: 'adam' }, 1);
    expect(weight).toBeCloseTo(plain - 0.05, 6);
    expect(bias).toBe(plain);
  });

  it('remembers what its kind names', async () => {
    const names = async (kind: OptimizerSpec['kind']) =>
      Object.keys(await new Optimizer(v.parse(Schema, { kind }), [variable(tensor1d([1, 2]))]).slots());
    expect(await names('adam')).toEqual(['m', 'v']);
    expect(await names('adamw')).toEqual(['m', 'v']);
    expect(await names('sgd')).toEqual(['velocity']);
  });

  it('goes on from nothing but its own slots, of its own model', () => {
    const variables = [variable(tensor1d([1, 2, 3]))];
    const three = new Float32Array(3);
    const made = (kind: OptimizerSpec['kind'], slots: Record<string, Float32Array>) => () =>
      new Optimizer(v.parse(Schema, { kind }), variables, slots).dispose();
    made('adam', { m: three, v: three })();
    made('sgd', { velocity: three })();
    expect(made('sgd', { m: three, v: three })).toThrow(
      'The optimizer that was saved remembers m, v; sgd needs velocity. It belongs to another run.',
    );
    expect(made('adam', { m: three, v: new Float32Array(4) })).toThrow(
      "The optimizer's saved v is of 4 parameters; the model has 3. It belongs to another model.",
    );
  });
});

describe('a spec from before there were optimizers to choose from', () => {
  it('asks for what it always did', () => {
    const before = {
      data: { kind: 'shapes', trainCount: 10_000, validationCount: 2_000 },
      models: ['involution', 'convolution'],
      epochs: 20,
      batchSize: 256,
      learningRate: 1e-3,
      schedule: { kind: 'constant' },
      clipNorm: null,
      earlyStoppingPatience: null,
      seed: 42,
      engine: 'auto',
    };
    expect(v.parse(RunSpec, before)).toEqual({
      ...before,
      models: expandModels(before.models),
      optimizer: { kind: 'adam' },
      warmupEpochs: 0,
      labelSmoothing: 0,
      augmentation: { flip: false, crop: null },
    });
  });
});

describe('the loss', () => {
  it('without label smoothing is the very tensor that it was', () => {
    const labels = tensor1d([1], 'int32');
    const logits = tensor2d([[0.3, -0.2]]) as Tensor2D;
    const { loss } = sparseSoftmaxCrossEntropy(labels, logits);
    expect(smoothedLoss(loss, labels, logits, 0)).toBe(loss);
  });
});
