import {
  dispose,
  keep,
  memory,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expandModels } from '../../../src/core/network/model';
import { exampleModels, type RunSpec } from '../../../src/core/runs/spec';
import { clipByGlobalNorm } from '../../../src/core/training/clip';
import { TrainingControl } from '../../../src/core/training/control';
import { smoothedLoss, sparseSoftmaxCrossEntropy } from '../../../src/core/training/loss';
import { Optimizer } from '../../../src/core/training/optimizers/optimizer';
import { normalizePixels } from '../../../src/core/training/pixels';
import { type Checkpoint, Trainee } from '../../../src/core/training/trainee';
import { Trainer } from '../../../src/core/training/trainer';
import { networkOf } from '../../../src/node/runs/checkpoints';
import { expectClose, type SuiteContext } from './context';
import { expectOptimizer, optimizers } from './optimizers';
import { MemoryJournal, TinyBatches, tinySpec, tinyTrainee } from './tinyTraining';

/** The parts of a training step, and training interrupted and resumed, on a started engine. Numbers are Keras 3.15's. */
export function trainingSuite(context: SuiteContext): void {
  describe('the training step', () => {
    it('has the loss, gradient and hits that Keras has', () => expectLoss(context));
    it("moves variables as Keras's Adam does", () => expectAdam(context));
    it.each(optimizers)('moves variables as a loop in doubles does: %j', (spec) =>
      expectOptimizer(spec, context),
    );
    it.each([0, 0.1, 0.9])('smooths labels by %d', (smoothing) => expectSmoothing(smoothing, context));
    it('clips gradients by their global norm', () => expectClipping(context));
    it('divides bytes by 255', expectPixels);
  });

  describe('an interrupted training', () => {
    it.each(exampleModels)('of the %s model ends where the uninterrupted one does', async (model) => {
      const before = memory().numTensors;
      const spec = { ...tinySpec, models: expandModels([model]) };
      const whole = new MemoryJournal();
      await trainAll(spec, tinyTrainee(model), whole);
      const first = new MemoryJournal();
      await trainAll({ ...spec, epochs: 1 }, tinyTrainee(model), first);
      const { cursor, slots, ...rest } = first.checkpoints.at(-1)!;
      const network = await networkOf({ cursor, slots, ...rest });
      const second = new MemoryJournal();
      await trainAll(spec, new Trainee(model, network, spec.optimizer, cursor, slots), second);
      expectSame(second.checkpoints.at(-1)!, whole.checkpoints.at(-1)!, context);
      expect(memory().numTensors, 'tensors left behind').toBe(before);
    });
  });
}

async function expectLoss({ tolerance }: SuiteContext): Promise<void> {
  const before = memory().numTensors;
  const logits = variableOf([
    [2, -1, 0.5],
    [100, 0, -100],
    [-3, -3, -3],
    [0.1, 0.2, 0.3],
  ]);
  const labels = tensor1d([0, 1, 2, 2], 'int32');
  let correct!: Tensor;
  const { value, grads } = variableGrads(() => {
    const result = sparseSoftmaxCrossEntropy(labels, logits as Tensor as Tensor2D);
    correct = keep(result.correct);
    return result.loss;
  }, [logits]);
  await expectClose(value, [25.585466384887695], tolerance, 'loss');
  const expected = [
    [-0.05360074, 0.00977814, 0.0438226],
    [0.25, -0.25, 0],
    [0.08333334, 0.08333334, -0.16666666],
    [0.0751524, 0.08305625, -0.15820865],
  ];
  await expectClose(grads[logits.name]!, expected.flat(), tolerance, 'gradient');
  // Of equal logits the first counts as the prediction: the third row is a miss.
  await expectClose(correct, [2], 0, 'hits');
  dispose([value, correct, logits, labels]);
  dispose(grads);
  expect(memory().numTensors, 'tensors left behind').toBe(before);
}

/** Keras's: the cross-entropy against (1 − smoothing) · one-hot + smoothing / N, in doubles. */
async function expectSmoothing(smoothing: number, { tolerance }: SuiteContext): Promise<void> {
  const before = memory().numTensors;
  const rows = [
    [2, -1, 0.5, 0],
    [30, 0, -30, 4],
    [-3, -3, -3, -3],
  ];
  const classes = [0, 1, 3];
  const logits = variableOf(rows);
  const labels = tensor1d(classes, 'int32');
  const { value, grads } = variableGrads(() => {
    const x = logits as Tensor as Tensor2D;
    const { loss } = sparseSoftmaxCrossEntropy(labels, x);
    return smoothedLoss(loss, labels, x, smoothing);
  }, [logits]);
  let expectedLoss = 0;
  const expectedGradient: number[] = [];
  for (const [i, row] of rows.entries()) {
    const most = Math.max(...row);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
    for (const [n, logit] of row.entries()) {
      const target = (n === classes[i] ? 1 - smoothing : 0) + smoothing / row.length;
      expectedLoss -= (target * (logit - most - Math.log(total))) / rows.length;
      expectedGradient.push((Math.exp(logit - most) / total - target) / rows.length);
    }
  }
  await expectClose(value, [expectedLoss], tolerance, 'loss');
  await expectClose(grads[logits.name]!, expectedGradient, tolerance, 'gradient');
  dispose([value, logits, labels]);
  dispose(grads);
  expect(memory().numTensors, 'tensors left behind').toBe(before);
}

function variableOf(values: number[] | number[][]): Variable {
  return tidy(() => variable(tensor(values)));
}

async function expectAdam({ tolerance }: SuiteContext): Promise<void> {
  const before = memory().numTensors;
  const variables = [
    variableOf([
      [0.5, -1.25],
      [2, 0.001],
    ]),
    variableOf([0, 3, -0.75]),
  ];
  const adam = new Optimizer({ kind: 'adam' }, variables);
  for (let step = 1; step <= 4; step++) {
    const gradients = [
      tensor2d([
        [0.1 * step, -20],
        [1e-6, 0.3],
      ]),
      tensor1d([0, -1e-4 * step, 5 - step]),
    ];
    adam.apply(gradients, 0.01, step);
    dispose(gradients);
  }
  const [first, second] = variables as [Variable, Variable];
  await expectClose(
    first,
    [0.461164981, -1.210000277, 1.98709774, -0.038999405],
    tolerance,
    'first variable',
  );
  await expectClose(second, [0, 3.038259268, -0.787903786], tolerance, 'second variable');
  const { m, v } = await adam.slots();
  const expectedM = [0.090489998, -6.878000259, 3.439000125e-7, 0.103170007, 0, -9.049000073e-5, 0.814599991];
  const expectedV = [
    2.998001e-4, 1.597601652, 3.994004292e-15, 3.594603913e-4, 0, 2.998000737e-10, 0.029930061,
  ];
  for (const [actual, expected] of [
    [m!, expectedM],
    [v!, expectedV],
  ] as const)
    for (const [i, value] of expected.entries())
      expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(10 * tolerance * Math.abs(value));
  adam.dispose();
  dispose(variables);
  expect(memory().numTensors, 'tensors left behind').toBe(before);
}

async function expectClipping({ tolerance }: SuiteContext): Promise<void> {
  const gradients = [
    tensor2d([
      [3, -4],
      [0, 12],
    ]),
    tensor1d([84]),
  ];
  const clipped = clipByGlobalNorm(gradients, 17);
  await expectClose(clipped[0]!, [0.6, -0.8, 0, 2.4], tolerance, 'first gradient');
  await expectClose(clipped[1]!, [16.8], tolerance, 'second gradient');
  const untouched = clipByGlobalNorm(gradients, 85.5);
  await expectClose(untouched[0]!, [3, -4, 0, 12], 0, 'within the norm');
  dispose([gradients, clipped, untouched]);
}

/** To the bit: half a unit in the last place is what distinguishes a division from a multiplication by 1/255. */
async function expectPixels(): Promise<void> {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const pixels = normalizePixels(bytes, [1, 8, 8, 4]);
  expect(await pixels.data()).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
  dispose(pixels);
}

async function trainAll(spec: RunSpec, trainee: Trainee, journal: MemoryJournal): Promise<void> {
  const trainer = new Trainer(spec, [trainee], new TinyBatches(), journal, new TrainingControl());
  expect(await trainer.run()).toBe('done');
  trainee.dispose();
}

/** To the bit where the engine is deterministic; the other two sum in whatever order they like. */
function expectSame(actual: Checkpoint, expected: Checkpoint, { name }: SuiteContext): void {
  const [values, target] = [actual, expected].map(
    ({ network, slots }) =>
      [new Float32Array(network.weightData as ArrayBuffer), ...Object.values(slots)] as const,
  );
  for (const [i, array] of values!.entries()) {
    if (name === 'cpu' || name === 'wasm') expect(array).toEqual(target![i]);
    else
      array.forEach((value, j) => {
        expect(Math.abs(value - target![i]![j]!)).toBeLessThan(1e-3);
      });
  }
}
