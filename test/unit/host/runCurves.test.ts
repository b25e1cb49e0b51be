import { describe, expect, it } from 'vitest';
import type { BatchEvent, EpochEvent } from '../../../src/core/runs/events';
import { RunCurves } from '../../../src/host/runCurves';

const batch = (model: string, step: number): BatchEvent => ({
  ...{ type: 'batch', time: step, model, epoch: 1, batch: step, step, loss: 1 / step, accuracy: 0.5 },
});
const epoch = (model: string): EpochEvent => ({
  ...{
    type: 'epoch',
    time: 9,
    model,
    epoch: 1,
    step: 2,
    loss: 1,
    accuracy: 0.5,
    valLoss: 2,
    valAccuracy: 0.25,
  },
  ...{ learningRate: 0.001, seconds: 1 },
});
const request = { metric: 'loss', axis: 'batch', from: null, to: null, width: null, smoothing: 0 } as const;

describe('the curves of a run', () => {
  const curves = new RunCurves(['rednet', 'rednet-2']);
  for (const event of [batch('rednet-2', 1), batch('rednet', 1), batch('rednet', 2), epoch('rednet')])
    curves.add(event);

  it('come in the order of its models, whichever was trained first', () => {
    expect(curves.snapshots('r', request).map(({ model, split, count }) => [model, split, count])).toEqual([
      ['rednet', 'train', 2],
      ['rednet', 'validation', 1],
      ['rednet-2', 'train', 1],
    ]);
  });

  it('are of its own models only, whatever its log says', () => {
    for (const model of ['resnet', 'toString', '__proto__']) {
      curves.add(batch(model, 1));
      curves.add(epoch(model));
    }
    const models = curves.snapshots('r', request).map(({ model }) => model);
    expect([...new Set(models)]).toEqual(['rednet', 'rednet-2']);
  });
});
