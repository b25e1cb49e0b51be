import { Command } from 'commander';
import type { RunSpecInput } from '../core/runs/spec';
import { addSpecOptions, type Said, specOfOptions } from './fieldOptions';
import { augmentation, dataSource, jsonOption, modelsOption, runsOption, schedule } from './options';
import { relaunchIfTensorFlow } from './tensorFlowProcess';

type TrainOptions = Said & {
  model?: RunSpecInput['models'];
  engine?: RunSpecInput['engine'];
  runs: string;
  json?: boolean;
};

export function trainCommand(): Command {
  const command = new Command('train')
    .description('train one model or both, and compare them')
    .addOption(modelsOption());
  return addSpecOptions(command, {
    data: {
      words: 'shapes (built in), cifar10, or a folder with one subfolder per class',
      parse: dataSource,
    },
    schedule: { words: 'constant, cosine[:FINAL], step[:EVERY[:FACTOR]]', parse: schedule },
    augmentation: { words: 'flip, crop[:PADDING], or both with a comma', parse: augmentation },
  })
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(async (options: TrainOptions) => {
      const spec: RunSpecInput = {
        ...specOfOptions(options),
        ...(options.model && { models: options.model }),
      };
      await relaunchIfTensorFlow(options.engine);
      const [{ followTraining }, { startTraining }] = await Promise.all([
        import('./followTraining'),
        import('../node/runs/session'),
      ]);
      await followTraining((host) => startTraining({ spec, runsFolder: options.runs, ...host }), options);
    });
}
