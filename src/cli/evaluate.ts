import { Command } from 'commander';
import type { CheckpointEvaluation } from '../core/evaluation/evaluation';
import type { ModelId } from '../core/network/model';
import type { CheckpointChoice } from '../node/runs/checkpoints';
import type { ListedRun } from '../node/runs/runList';
import { grouped, measure } from './format';
import { checkpointOption, engineOption, jsonOption, runsOption } from './options';
import {
  anywayOption,
  dataFolderOption,
  latestRunArgument,
  modelsOfRun,
  runModelsOption,
} from './runOptions';
import { table } from './table';
import { tellWatcher, watchNativeEngine } from './watchedProcess';

interface EvaluateOptions {
  model?: ModelId[];
  checkpoint: CheckpointChoice;
  data?: string;
  anyway?: boolean;
  engine?: 'auto';
  runs: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description("a run's networks on the validation images: accuracy by class, confusion matrix")
    .addArgument(latestRunArgument())
    .addOption(runModelsOption())
    .addOption(checkpointOption())
    .addOption(dataFolderOption())
    .addOption(anywayOption())
    .addOption(engineOption())
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(evaluate);
}

async function evaluate(
  wanted: string,
  { model, checkpoint: choice, data, anyway, engine, runs, json }: EvaluateOptions,
): Promise<void> {
  await watchNativeEngine(engine);
  const [{ startEngine }, { findCheckpoint }, { evaluateCheckpoint }, { loadRunData }, { findRun }] =
    await Promise.all([
      import('../engines/select'),
      import('../node/runs/checkpoints'),
      import('../application/evaluateCheckpoint'),
      import('../node/runs/runDataset'),
      import('../node/runs/runList'),
    ]);
  const run = await findRun(runs, wanted);
  const { folder, manifest } = run;
  const checkpoints = await Promise.all(
    modelsOfRun(run, model).map(async (name) => ({
      name,
      checkpoint: await findCheckpoint(folder, name, choice),
    })),
  );
  const { dataset, change } = await loadRunData(manifest, { folder: data, anyway });
  const started = await startEngine(engine ?? 'auto');
  tellWatcher({ engine: started.name });
  const evaluations: CheckpointEvaluation[] = [];
  for (const { name, checkpoint } of checkpoints) {
    const evaluation = await evaluateCheckpoint(checkpoint, name, dataset);
    if (evaluation.missing) console.error(`involution: ${evaluation.missing}`);
    evaluations.push(evaluation);
  }
  await started.dispose();
  if (json) console.log(JSON.stringify(evaluations.map((each) => described(run, change, each))));
  else console.log([heading(run, change), ...evaluations.map(report)].join('\n\n'));
}

/** `dataChange`: null when the images are those that the run began with. */
const described = (
  { id, folder }: ListedRun,
  dataChange: string | null,
  { labels, predicted, ...evaluation }: CheckpointEvaluation,
) => ({
  run: id,
  folder,
  dataChange,
  ...evaluation,
  labels: [...labels],
  predicted: [...predicted],
});

function heading({ name, folder }: ListedRun, change: string | null): string {
  const line = `Run ${name}, ${folder}`;
  return change === null
    ? line
    : `${line}\nNot on the images that the run was validated with, and the networks may have learned some of these: ${change}.`;
}

function report(evaluation: CheckpointEvaluation): string {
  const { model, epoch, classes, accuracy, loss, confusion, perClassAccuracy, labels } = evaluation;
  const columns = [
    { title: 'true \\ predicted' },
    ...classes.map((_, c) => ({ title: String(c), align: 'right' as const })),
    { title: 'accuracy', align: 'right' as const },
  ];
  const rows = confusion.map((row, c) => [
    `${c} ${classes[c]}`,
    ...row.map(grouped),
    measure(perClassAccuracy[c]),
  ]);
  const title = `${model}, epoch ${epoch}: accuracy ${measure(accuracy)}, loss ${measure(loss)} on ${grouped(labels.length)} images`;
  return `${title}\n\n${table(columns, rows)}`;
}
