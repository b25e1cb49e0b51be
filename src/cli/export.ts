import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ModelId } from '../core/network/model';
import { type ExportFormat, exportFormatNames, exportFormats } from '../core/runs/exportFormats';
import { UsageError } from '../core/usageError';
import type { CheckpointChoice } from '../node/runs/checkpoints';
import { checkpointOption, path, runsOption } from './options';
import { latestRunArgument, modelsOfRun, runModelsOption } from './runOptions';

interface ExportOptions {
  model?: ModelId[];
  checkpoint: CheckpointChoice;
  format: ExportFormat;
  out?: string;
  runs: string;
}

export function exportCommand(): Command {
  return new Command('export')
    .description("a run's networks as files for TF.js, Keras or PyTorch")
    .addArgument(latestRunArgument())
    .addOption(runModelsOption())
    .addOption(checkpointOption())
    .addOption(new Option('--format <name>', 'what kind of file').choices(exportFormatNames).default('tfjs'))
    .option(
      '--out <path>',
      'where to; default: the model’s name, in this folder. It only replaces an earlier export of the same model of the run',
      path,
    )
    .addOption(runsOption())
    .addHelpText('after', () => `\nFormats:\n${exportFormatNames.map(formatLine).join('\n')}`)
    .action(exportRun);
}

const formatLine = (format: ExportFormat) => `  ${format.padEnd(14)} ${exportFormats[format].description}`;

async function exportRun(
  wanted: string,
  { model, checkpoint, format, out, runs }: ExportOptions,
): Promise<void> {
  const [{ exportModel }, { OccupiedError }, { findRun }] = await Promise.all([
    import('../node/export/exportModel'),
    import('../node/export/place'),
    import('../node/runs/runList'),
  ]);
  const run = await findRun(runs, wanted);
  const models = modelsOfRun(run, model);
  if (out !== undefined && models.length > 1)
    throw new UsageError(
      `--out is one path, and the run has ${models.length} models. Choose one with --model.`,
    );
  for (const [i, name] of models.entries()) {
    const target = resolve(out ?? `${name}${exportFormats[format].ending}`);
    const paths = await exportModel(run.folder, name, format, target, { checkpoint }).catch((error) => {
      if (!(error instanceof OccupiedError)) throw error;
      throw new Error(`${error.message} Give another name with --out, or delete it first.`);
    });
    // The output stream is for the paths alone.
    if (i === 0) console.error(`Run ${run.name}, ${run.folder}`);
    for (const written of paths) console.log(written);
  }
}
