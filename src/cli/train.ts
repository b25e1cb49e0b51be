import { Command } from 'commander';
import type { RunSpecInput } from '../core/runs/spec';
import {
  dataSource,
  decimal,
  engineOption,
  integer,
  jsonOption,
  modelsOption,
  runsOption,
  schedule,
} from './options';
import { relaunchIfTensorFlow } from './tensorFlowProcess';

type TrainOptions = Omit<RunSpecInput, 'models' | 'earlyStoppingPatience'> & {
  model?: RunSpecInput['models'];
  earlyStopping?: number;
  imageSize?: number;
  validationSplit?: number;
  trainCount?: number;
  validationCount?: number;
  runs: string;
  json?: boolean;
};

export function trainCommand(): Command {
  return new Command('train')
    .description('train one model or both, and compare them')
    .addOption(modelsOption())
    .option(
      '--data <source>',
      'shapes (built in), cifar10, or a folder with one subfolder per class',
      dataSource,
    )
    .option('--image-size <pixels>', 'images of a folder are resized to this square', integer)
    .option('--validation-split <fraction>', 'how much of a folder is held out', decimal)
    .option('--train-count <images>', 'how many shapes are drawn for training', integer)
    .option('--validation-count <images>', 'how many shapes are drawn for validation', integer)
    .option('--epochs <count>', 'passes over the training images (default: 20)', integer)
    .option('--batch-size <images>', 'images a step (default: 256)', integer)
    .option('--learning-rate <rate>', "Adam's (default: 0.001)", decimal)
    .option(
      '--schedule <schedule>',
      'constant, cosine[:FINAL], step[:EVERY[:FACTOR]] (default: constant)',
      schedule,
    )
    .option('--clip-norm <norm>', 'scale gradients down to this global norm', decimal)
    .option('--early-stopping <epochs>', 'stop when the validation loss has not fallen for so long', integer)
    .option('--seed <number>', 'decides initial weights, order and split (default: 42)', integer)
    .addOption(engineOption())
    .option('--name <name>', 'what to call the run')
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(async (options: TrainOptions) => {
      await relaunchIfTensorFlow(options.engine);
      const [{ followTraining }, { startTraining }] = await Promise.all([
        import('./followTraining'),
        import('../node/runs/session'),
      ]);
      const spec = specOf(options);
      await followTraining((host) => startTraining({ spec, runsFolder: options.runs, ...host }), options);
    });
}

function specOf(options: TrainOptions): RunSpecInput {
  const { model, earlyStopping, data = { kind: 'shapes' }, runs: _, json: __, ...rest } = options;
  const { imageSize, validationSplit, trainCount, validationCount, ...spec } = rest;
  const ofKind = {
    shapes: { trainCount, validationCount },
    cifar10: {},
    folder: { imageSize, validationSplit },
  }[data.kind];
  return {
    ...spec,
    ...(model && { models: model }),
    ...(earlyStopping !== undefined && { earlyStoppingPatience: earlyStopping }),
    data: { ...data, ...ofKind },
  } as RunSpecInput;
}
