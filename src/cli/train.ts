import { Command } from 'commander';
import type { ModelSpec } from '../core/network/model';
import type { RunSpecInput } from '../core/runs/spec';
import { addDataOptions, type DataOptions, specOfData } from './dataOptions';
import { addModelOptions } from './modelOptions';
import { dataSource, decimal, engineOption, integer, jsonOption, runsOption, schedule } from './options';
import { relaunchIfTensorFlow } from './tensorFlowProcess';

type TrainOptions = Omit<RunSpecInput, 'models' | 'earlyStoppingPatience'> &
  DataOptions & {
    earlyStopping?: number;
    runs: string;
    json?: boolean;
  };

export function trainCommand(): Command {
  const command = new Command('train').description('train models side by side, and compare them');
  const asked = addModelOptions(command);
  command.option(
    '--data <source>',
    'shapes (built in), cifar10, or a folder with one subfolder per class',
    dataSource,
  );
  return addDataOptions(command)
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
      const spec = specOf(options, await asked.models());
      await relaunchIfTensorFlow(options.engine);
      const [{ followTraining }, { startTraining }] = await Promise.all([
        import('./followTraining'),
        import('../node/runs/session'),
      ]);
      const { runs: runsFolder } = options;
      await followTraining((host) => startTraining({ spec, runsFolder, ...host }), options).catch((error) => {
        throw asked.explained(error);
      });
    });
}

function specOf(options: TrainOptions, models: ModelSpec[]): RunSpecInput {
  const { earlyStopping, data = { kind: 'shapes' }, runs: _, json: __, ...rest } = options;
  const { imageSize, validationSplit, trainCount, validationCount, ...spec } = rest;
  return {
    ...spec,
    models,
    ...(earlyStopping !== undefined && { earlyStoppingPatience: earlyStopping }),
    data: specOfData(data, { imageSize, validationSplit, trainCount, validationCount }),
  } as RunSpecInput;
}
