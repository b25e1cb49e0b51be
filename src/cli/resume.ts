import { Command, Option } from 'commander';
import { type EngineName, engineNames } from '../core/runs/spec';
import { jsonOption, runsOption } from './options';
import { dataFolderOption, latestRunArgument } from './runOptions';
import { tellWatcher, watchNativeEngine } from './watchedProcess';

interface ResumeOptions {
  engine?: EngineName;
  data?: string;
  runs: string;
  json?: boolean;
}

export function resumeCommand(): Command {
  return new Command('resume')
    .description('continue a run that was stopped, interrupted or killed')
    .addArgument(latestRunArgument())
    .addOption(new Option('--engine <name>', 'another engine than it began on').choices(engineNames))
    .addOption(dataFolderOption())
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(async (wanted: string, options: ResumeOptions) => {
      const [{ followTraining }, { resumeRun }, { findRun }] = await Promise.all([
        import('./followTraining'),
        import('../application/training/startTraining'),
        import('../node/runs/runList'),
      ]);
      const { folder, manifest } = await findRun(options.runs, wanted);
      const { engine, data: dataFolder } = options;
      await watchNativeEngine(engine ?? manifest.engine.name);
      tellWatcher({ runFolder: folder });
      await followTraining((host) => resumeRun({ runFolder: folder, engine, dataFolder, ...host }), options);
    });
}
