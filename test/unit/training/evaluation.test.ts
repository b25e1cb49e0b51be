import { mul, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluationOf, softmax } from '../../../src/core/evaluation/evaluation';
import { predict } from '../../../src/core/evaluation/predict';
import { exampleModels } from '../../../src/core/runs/spec';
import { sparseSoftmaxCrossEntropy } from '../../../src/core/training/loss';
import { Steps } from '../../../src/core/training/step';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { TinyBatches, tinyClasses, tinyShape, tinyTrainee } from '../../engines/suite/tinyTraining';

const classes = ['cat', 'dog', 'owl'];
const probabilities = [
  [0.7, 0.2, 0.1],
  [0.6, 0.3, 0.1],
  [0.1, 0.9, 0.0],
  [0.5, 0.5, 0.0],
];
/** Any offset an image has the same probabilities. */
const logits = Float32Array.from(probabilities.flatMap((row, i) => row.map((p) => Math.log(p) + 3 * i)));
const labels = Uint8Array.of(0, 1, 0, 1);

describe('an evaluation', () => {
  const evaluation = evaluationOf('involution', classes, labels, logits);

  it('counts true classes against predicted ones', () => {
    expect(evaluation.confusion).toEqual([
      [1, 1, 0],
      [2, 0, 0],
      [0, 0, 0],
    ]);
    expect([...evaluation.predicted]).toEqual([0, 0, 1, 0]);
    expect(evaluation.accuracy).toBe(0.25);
  });

  it('gives each class its accuracy, and none to a class without images', () => {
    expect(evaluation.perClassAccuracy).toEqual([0.5, 0, Number.NaN]);
  });

  it('lists the mistakes, the most confident first', () => {
    expect(evaluation.mistakes.map(({ index }) => index)).toEqual([2, 1, 3]);
    expect(evaluation.mistakes[0]).toMatchObject({
      label: 0,
      predicted: 1,
      confidence: expect.closeTo(0.9, 6),
    });
  });

  it('has the mean cross-entropy as its loss', () => {
    const terms = [0.7, 0.3, 0.1, 0.5].map((p) => -Math.log(p));
    expect(evaluation.loss).toBeCloseTo(terms.reduce((a, b) => a + b) / 4, 6);
  });

  it('counts logits that are no numbers as the class that training counts them as', () => {
    const { NaN: none } = Number;
    const { predicted, loss, confusion } = evaluationOf(
      'involution',
      classes,
      Uint8Array.of(1),
      Float32Array.of(none, none, none),
    );
    expect([...predicted]).toEqual([0]);
    expect(confusion[1]).toEqual([1, 0, 0]);
    expect(loss).toBeNaN();
  });
});

describe('the loss', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine('cpu');
  });
  afterAll(() => engine.dispose());

  /** What training computes of the same logits. */
  function trained(values: Float32Array, labels: Uint8Array): number {
    const { loss } = sparseSoftmaxCrossEntropy(
      tensor1d(labels, 'int32'),
      tensor2d(values, [labels.length, classes.length]),
    );
    return loss.dataSync()[0]!;
  }

  it.each([
    [[17.42, 0, 0], 2, 17.42],
    [[1000, 0, -1000], 2, 2000],
    [[-3e30, 0, 0], 0, 3e30],
    [[80, 80, 80], 1, Math.log(3)],
    [[40, 0, 0], 0, 0],
    [[1e30, 1e30, 1e30], 1, Math.log(3)],
  ])('of the logits %j for class %i is %d, as in training', (row, label, expected) => {
    const values = Float32Array.from(row);
    const { loss } = evaluationOf('involution', classes, Uint8Array.of(label), values);
    expect(Math.abs(loss - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, expected));
    expect(Math.abs(loss - trained(values, Uint8Array.of(label)))).toBeLessThanOrEqual(
      1e-5 * Math.max(1, expected),
    );
  });

  it('has the softmax of its logits, however large they are', () => {
    expect(softmax(Float32Array.of(0, Math.log(3), 0))).toEqual([
      expect.closeTo(0.2, 6),
      expect.closeTo(0.6, 6),
      expect.closeTo(0.2, 6),
    ]);
    expect(softmax(Float32Array.of(1000, 0, 1000))).toEqual([0.5, 0, 0.5]);
    expect(softmax(Float32Array.of(Number.NaN, 1))).toEqual([Number.NaN, Number.NaN]);
  });

  it.each(exampleModels)('of a saturated %s network is that of its validation in training', async (model) => {
    const trainee = tinyTrainee(model);
    // So large that most probabilities are 0 or 1 in float32.
    const [weights] = trainee.network.layers.at(-1)!.getWeights();
    trainee.network.layers.at(-1)!.setWeights([mul(weights!, 20), tensor1d([60, 0, -60])]);
    const batches = new TinyBatches();
    const steps = new Steps(trainee.network, trainee.optimizer, { imageShape: tinyShape });
    const [images, labels]: [number[], number[]] = [[], []];
    let sum = 0;
    for await (const batch of batches.validation()) {
      images.push(...batch.images);
      labels.push(...batch.labels);
      sum += steps.evaluate(batch).loss.dataSync()[0]! * batch.count;
    }
    const split = {
      images: Uint8Array.from(images),
      labels: Uint8Array.from(labels),
      count: labels.length,
    };
    const logged = sum / split.count;
    const { loss, mistakes } = evaluationOf(
      model,
      classes,
      split.labels,
      await predict(trainee.network, split, tinyShape, tinyClasses, { batchSize: 5 }),
    );
    expect(mistakes[0]!.confidence).toBeGreaterThan(1 - 1e-7);
    expect(logged).toBeGreaterThan(-Math.log(1e-7));
    expect(Math.abs(loss - logged) / logged).toBeLessThan(1e-5);
    trainee.dispose();
  });
});
