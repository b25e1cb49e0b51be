import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ModelName } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import { type ExportFormat, exportFormats } from '../node/export/formats';
import type { CheckpointChoice } from '../node/runs/checkpoints';
import { checkpointOption, modelsOption, runsOption } from './options';

interface ExportOptions {
  model?: ModelName[];
  checkpoint: CheckpointChoice;
  format: ExportFormat;
  out?: string;
  runs: string;
}

export function exportCommand(): Command {
  return new Command('export')
    .description("a run's networks as files for TF.js, Keras or PyTorch")
    .argument('[run]', 'its folder, id or name', 'latest')
    .addOption(modelsOption())
    .addOption(checkpointOption())
    .addOption(
      new Option('--format <name>', 'what kind of file').choices(Object.keys(exportFormats)).default('tfjs'),
    )
    .option('--out <path>', 'where to; default: the model’s name, in this folder')
    .addOption(runsOption())
    .action(exportRun);
}

async function exportRun(
  wanted: string,
  { model, checkpoint, format, out, runs }: ExportOptions,
): Promise<void> {
  const [{ exportModel }, { findRun }] = await Promise.all([
    import('../node/export/exportModel'),
    import('../node/runs/runList'),
  ]);
  const { folder, manifest } = await findRun(runs, wanted);
  const models = model ?? manifest.spec.models;
  if (out !== undefined && models.length > 1)
    throw new UsageError(
      `--out is one path, and the run has ${models.length} models. Choose one with --model.`,
    );
  for (const name of models) {
    const target = resolve(out ?? `${name}${exportFormats[format]}`);
    for (const path of await exportModel(folder, name, format, target, checkpoint)) console.log(path);
  }
}
