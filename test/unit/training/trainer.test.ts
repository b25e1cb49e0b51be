import { setTimeout } from 'node:timers/promises';
import { fill, memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandModels } from '../../../src/core/network/model';
import type { RunEvent } from '../../../src/core/runs/events';
import type { OptimizerSpec } from '../../../src/core/runs/hyperParameters';
import { exampleModels, type RunSpec } from '../../../src/core/runs/spec';
import type { Batch } from '../../../src/core/training/batchSource';
import { TrainingControl } from '../../../src/core/training/control';
import { startCursor } from '../../../src/core/training/cursor';
import { type Checkpoint, Trainee } from '../../../src/core/training/trainee';
import { Trainer } from '../../../src/core/training/trainer';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { networkOf } from '../../../src/node/runs/checkpoints';
import { optimizers } from '../../engines/suite/optimizers';
import {
  MemoryJournal,
  TinyBatches,
  tinyClasses,
  tinySpec,
  tinyTrainee,
} from '../../engines/suite/tinyTraining';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('wasm');
});
afterAll(() => engine.dispose());

async function train(
  spec: RunSpec,
  trainees: Trainee[],
  journal = new MemoryJournal(),
  batches = new TinyBatches(),
) {
  const control = new TrainingControl();
  const state = await new Trainer(spec, trainees, batches, journal, control).run();
  return { state, journal };
}

const bitsOf = ({ network, slots }: Checkpoint) =>
  [network.weightData as ArrayBuffer, ...Object.values(slots).map(({ buffer }) => buffer)].map((buffer) =>
    Buffer.from(buffer).toString('base64'),
  );

describe('the trainer', () => {
  it('lets the models take turns, an epoch each, and logs every batch in order', async () => {
    const trainees = [tinyTrainee('involution'), tinyTrainee('convolution')];
    const { state, journal } = await train({ ...tinySpec, models: expandModels(exampleModels) }, trainees);
    expect(state).toBe('done');
    const epoch = (model: string, number: number) => [
      ...[1, 2, 3].map((batch) => `batch ${model} ${number}.${batch}`),
      `epoch ${model} ${number}`,
    ];
    expect(journal.story).toEqual([
      ...epoch('involution', 1),
      ...epoch('convolution', 1),
      ...epoch('involution', 2),
      'end involution finished',
      ...epoch('convolution', 2),
      'end convolution finished',
    ]);
    expect(journal.checkpoints.map(({ model, cursor }) => [model, cursor.epoch, cursor.step])).toEqual([
      ['involution', 1, 3],
      ['convolution', 1, 3],
      ['involution', 2, 6],
      ['convolution', 2, 6],
    ]);
    for (const trainee of trainees) trainee.dispose();
  });

  it('measures epochs by images, not by batches', async () => {
    const trainee = tinyTrainee('involution');
    const { journal } = await train({ ...tinySpec, epochs: 1 }, [trainee]);
    const batches = journal.events.filter((event) => event.type === 'batch');
    const epoch = journal.events.find((event) => event.type === 'epoch')!;
    const [a, b, c] = batches.map((batch) => batch.loss!);
    expect(epoch.loss).toBeCloseTo((4 * a! + 4 * b! + 2 * c!) / 10, 10);
    const [p, q, r] = batches.map((batch) => batch.accuracy!);
    expect(epoch.accuracy).toBeCloseTo((4 * p! + 4 * q! + 2 * r!) / 10, 10);
    expect(epoch.valAccuracy! * 6).toBeCloseTo(Math.round(epoch.valAccuracy! * 6), 10);
    trainee.dispose();
  });

  it('learns, and gives the same bits every time', async () => {
    const spec: RunSpec = { ...tinySpec, epochs: 5 };
    const runs = [];
    for (const _ of [1, 2]) {
      const trainee = tinyTrainee('convolution');
      runs.push(await train(spec, [trainee]));
      trainee.dispose();
    }
    const [first, second] = runs.map(({ journal }) => journal);
    expect(bitsOf(first!.checkpoints.at(-1)!)).toEqual(bitsOf(second!.checkpoints.at(-1)!));
    const losses = first!.events.flatMap((event) => (event.type === 'epoch' ? [event.loss!] : []));
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  });

  it.each(optimizers)(
    'stopped at any step, goes on from its checkpoint to the same bits: %j',
    async (optimizer) => {
      const tinySpec = recipeWith(optimizer);
      const whole = tinyTrainee('involution', optimizer);
      const uninterrupted = await train(tinySpec, [whole]);
      whole.dispose();
      for (let step = 1; step < 6; step++) {
        const first = tinyTrainee('involution', optimizer);
        const before = await stoppedAt(step, first, tinySpec);
        first.dispose();
        const { cursor, slots, ...checkpoint } = before.checkpoints.at(-1)!;
        expect(cursor.step).toBe(step);
        const network = await networkOf({ cursor, slots, ...checkpoint });
        const second = new Trainee('involution', network, tinySpec.optimizer, cursor, slots);
        const { journal: after } = await train(tinySpec, [second]);
        second.dispose();
        expect(bitsOf(after.checkpoints.at(-1)!)).toEqual(bitsOf(uninterrupted.journal.checkpoints.at(-1)!));
        expect([...before.story, ...after.story]).toEqual(uninterrupted.journal.story);
        expect(epochMeasures([...before.events, ...after.events])).toEqual(
          epochMeasures(uninterrupted.journal.events),
        );
      }
    },
  );

  it('stopped while it validates, validates again', async () => {
    const trainee = tinyTrainee('involution');
    const control = new TrainingControl();
    const batches = new SlowBatches();
    batches.onValidation = () => control.stop();
    const journal = new MemoryJournal();
    const trainer = new Trainer(tinySpec, [trainee], batches, journal, control);
    expect(await trainer.run()).toBe('stopped');
    expect(journal.story).toEqual(['batch involution 1.1', 'batch involution 1.2', 'batch involution 1.3']);
    expect(journal.checkpoints.at(-1)!.cursor).toMatchObject({ epoch: 0, batch: 3, step: 3 });
    const { journal: after } = await train({ ...tinySpec, epochs: 1 }, [trainee]);
    expect(after.story).toEqual(['epoch involution 1', 'end involution finished']);
    trainee.dispose();
  });

  it('pauses with a checkpoint, and goes on', async () => {
    const trainee = tinyTrainee('involution');
    const control = new TrainingControl();
    const batches = new SlowBatches();
    batches.onTraining = (count) => {
      if (count === 2) control.pause();
    };
    const journal = new MemoryJournal((event) => {
      if (event.type !== 'status' || event.state !== 'paused') return;
      expect(journal.checkpoints.at(-1)!.cursor.step).toBe(2);
      void setTimeout(50).then(() => control.continue());
    });
    const trainer = new Trainer({ ...tinySpec, epochs: 1 }, [trainee], batches, journal, control);
    expect(await trainer.run()).toBe('done');
    expect(journal.story).toEqual([
      'batch involution 1.1',
      'batch involution 1.2',
      'paused',
      'training',
      'batch involution 1.3',
      'epoch involution 1',
      'end involution finished',
    ]);
    trainee.dispose();
  });

  it('can be stopped while it is paused', async () => {
    const trainee = tinyTrainee('involution');
    const control = new TrainingControl();
    control.pause();
    const journal = new MemoryJournal((event) => {
      if (event.type === 'status' && event.state === 'paused') control.stop();
    });
    const trainer = new Trainer(tinySpec, [trainee], new SlowBatches(), journal, control);
    expect(await trainer.run()).toBe('stopped');
    expect(journal.story).toEqual(['batch involution 1.1', 'paused']);
    trainee.dispose();
  });

  it('stops a model early when its validation loss no longer falls, and trains the other on', async () => {
    const trainees = [tinyTrainee('involution'), tinyTrainee('convolution')];
    trainees[0]!.cursor = { ...startCursor, patience: { lowestLoss: 0, waited: 0 } };
    const spec: RunSpec = { ...tinySpec, epochs: 3, earlyStoppingPatience: 2 };
    const { journal } = await train(spec, trainees);
    const ends = journal.events.filter((event) => event.type === 'modelEnd');
    expect(ends).toMatchObject([
      { model: 'involution', reason: 'early-stopping', epoch: 2, step: 6 },
      { model: 'convolution', reason: 'finished', epoch: 3, step: 9 },
    ]);
    for (const trainee of trainees) trainee.dispose();
  });

  it('ends a model whose loss is not finite at that very step, and trains the other on', async () => {
    const trainees = [tinyTrainee('involution'), tinyTrainee('convolution')];
    const spec: RunSpec = { ...tinySpec, epochs: 1 };
    const weight = trainees[0]!.network.trainableWeights.at(-1)!;
    const batches = new TinyBatches();
    const journal = new MemoryJournal();
    // After the second step one logit's bias is NaN.
    const poisoned = trainees[0]!.optimizer;
    const apply = poisoned.apply.bind(poisoned);
    poisoned.apply = (gradients, learningRate, step) => {
      apply(gradients, learningRate, step);
      if (step === 2) weight.write(fill([tinyClasses], Number.NaN));
    };
    const { state } = await train(spec, trainees, journal, batches);
    expect(state).toBe('done');
    expect(journal.story).toEqual([
      'batch involution 1.1',
      'batch involution 1.2',
      'batch involution 1.3',
      'end involution not-finite',
      'batch convolution 1.1',
      'batch convolution 1.2',
      'batch convolution 1.3',
      'epoch convolution 1',
      'end convolution finished',
    ]);
    expect(journal.events[2]).toMatchObject({ step: 3, loss: null });
    expect(journal.events[3]).toMatchObject({ step: 3, epoch: 1 });
    expect(journal.checkpoints.map(({ model }) => model)).toEqual(['convolution']);
    for (const trainee of trainees) trainee.dispose();
  });

  it.each([
    ['finished', { epochs: 2 }],
    ['early-stopping', { epochs: 9, earlyStoppingPatience: 2 }],
  ])(
    'logs that a model has ended (%s) once its last checkpoint is saved, however slowly',
    async (reason, limits) => {
      const trainees = [tinyTrainee('involution'), tinyTrainee('convolution')];
      for (const trainee of trainees)
        trainee.cursor = { ...startCursor, patience: { lowestLoss: 0, waited: 0 } };
      const journal = new MemoryJournal();
      const saved: string[] = [];
      const missing: string[] = [];
      journal.save = async ({ model, cursor }) => {
        await setTimeout(60);
        saved.push(`${model} ${cursor.epoch}`);
      };
      const log = journal.log.bind(journal);
      journal.log = (event) => {
        log(event);
        if (event.type !== 'modelEnd') return;
        expect(event.reason).toBe(reason);
        if (!saved.includes(`${event.model} ${event.epoch}`)) missing.push(event.model);
      };
      await train({ ...tinySpec, ...limits }, trainees, journal);
      expect(missing).toEqual([]);
      expect(saved).toHaveLength(4);
      for (const trainee of trainees) trainee.dispose();
    },
  );

  it('logs no end of a model whose last checkpoint cannot be written', async () => {
    const trainee = tinyTrainee('involution');
    const journal = new MemoryJournal();
    journal.save = async ({ cursor }) => {
      if (cursor.epoch === 2) throw new Error('no space left');
    };
    await expect(train({ ...tinySpec, epochs: 2 }, [trainee], journal)).rejects.toThrow('no space left');
    expect(journal.story.at(-1)).toBe('epoch involution 2');
    trainee.dispose();
  });

  it('ends with the error when a checkpoint cannot be written', async () => {
    const trainee = tinyTrainee('involution');
    const journal = new MemoryJournal();
    journal.save = async () => {
      throw new Error('no space left');
    };
    await expect(train(tinySpec, [trainee], journal)).rejects.toThrow('no space left');
    trainee.dispose();
  });

  it('leaves no tensor behind', async () => {
    const before = memory().numTensors;
    for (const model of exampleModels) {
      const trainee = tinyTrainee(model);
      const started = memory().numTensors;
      await train({ ...tinySpec, models: expandModels([model]), clipNorm: 0.1 }, [trainee]);
      expect(memory().numTensors).toBe(started);
      trainee.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });
});

/** So slow that the trainer looks at the outside world after each. */
class SlowBatches extends TinyBatches {
  onTraining = (_count: number) => {};
  onValidation = () => {};
  #count = 0;

  override async *training(epoch: number, from: number): AsyncGenerator<Batch> {
    for await (const batch of super.training(epoch, from)) {
      await setTimeout(35);
      this.onTraining(++this.#count);
      yield batch;
    }
  }

  override async *validation(): AsyncGenerator<Batch> {
    this.onValidation();
    for await (const batch of super.validation()) {
      await setTimeout(35);
      yield batch;
    }
  }
}

/** Adam as it always was; the others with all that a recipe may have. */
const recipeWith = (optimizer: OptimizerSpec): RunSpec =>
  optimizer.kind === 'adam'
    ? tinySpec
    : {
        ...tinySpec,
        optimizer,
        warmupEpochs: 1.5,
        labelSmoothing: 0.1,
        schedule: { kind: 'cosine', finalFraction: 0 },
      };

async function stoppedAt(step: number, trainee: Trainee, spec: RunSpec): Promise<MemoryJournal> {
  const control = new TrainingControl();
  const journal = new MemoryJournal();
  const batches = new SlowBatches();
  batches.onTraining = (count) => {
    if (count === step) control.stop();
  };
  expect(await new Trainer(spec, [trainee], batches, journal, control).run()).toBe('stopped');
  return journal;
}

function epochMeasures(events: RunEvent[]) {
  return events.flatMap((event) => {
    if (event.type !== 'epoch') return [];
    const { time: _, seconds: __, ...measures } = event;
    return [measures];
  });
}
