import { Command } from 'commander';
import type { RunSpecInput } from '../core/runs/spec';
import { addSpecOptions, type Said, specOfOptions } from './fieldOptions';
import { addModelOptions } from './modelOptions';
import { augmentation, dataHelp, dataSource, dataWords, jsonOption, runsOption, schedule } from './options';
import { watchNativeEngine } from './watchedProcess';

type TrainOptions = Said & {
  engine?: RunSpecInput['engine'];
  runs: string;
  json?: boolean;
};

export function trainCommand(): Command {
  const command = new Command('train').description('train models side by side, and compare them');
  const asked = addModelOptions(command);
  return addSpecOptions(command, {
    data: {
      words: dataWords,
      parse: dataSource,
    },
    schedule: { words: 'constant, cosine[:FINAL], step[:EVERY[:FACTOR]]', parse: schedule },
    augmentation: { words: 'flip, crop[:PADDING], or both with a comma', parse: augmentation },
  })
    .addHelpText('after', dataHelp)
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(async (options: TrainOptions) => {
      const models = await asked.models();
      const spec: RunSpecInput = { ...specOfOptions(options), models };
      await watchNativeEngine(options.engine);
      const [{ followTraining }, { startTraining }] = await Promise.all([
        import('./followTraining'),
        import('../application/training/startTraining'),
      ]);
      const { runs: runsFolder } = options;
      const onRun = () => asked.saveNetworks(models);
      await followTraining((host) => startTraining({ spec, runsFolder, onRun, ...host }), options).catch(
        (error) => {
          throw asked.explained(error);
        },
      );
    });
}
