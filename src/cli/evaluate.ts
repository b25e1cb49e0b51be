import { Command } from 'commander';
import type { CheckpointEvaluation } from '../core/evaluation/evaluation';
import type { ModelName } from '../core/runs/spec';
import type { CheckpointChoice } from '../node/runs/checkpoints';
import { grouped, measure } from './format';
import { checkpointOption, engineOption, jsonOption, modelsOption, runsOption } from './options';
import { table } from './table';

interface EvaluateOptions {
  model?: ModelName[];
  checkpoint: CheckpointChoice;
  engine?: 'auto';
  runs: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description("a run's networks on the validation images: accuracy by class, confusion matrix")
    .argument('[run]', 'its folder, id or name', 'latest')
    .addOption(modelsOption())
    .addOption(checkpointOption())
    .addOption(engineOption())
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(evaluate);
}

async function evaluate(
  wanted: string,
  { model, checkpoint: choice, engine, runs, json }: EvaluateOptions,
): Promise<void> {
  const [{ startEngine }, { loadDataset }, { findCheckpoint }, { evaluateCheckpoint }, { findRun }] =
    await Promise.all([
      import('../engines/select'),
      import('../node/data/loadDataset'),
      import('../node/runs/checkpoints'),
      import('../node/runs/evaluateCheckpoint'),
      import('../node/runs/runList'),
    ]);
  const { folder, manifest } = await findRun(runs, wanted);
  const { data, seed, models } = manifest.spec;
  const checkpoints = await Promise.all(
    (model ?? models).map(async (name) => ({ name, checkpoint: await findCheckpoint(folder, name, choice) })),
  );
  const started = await startEngine(engine ?? 'auto');
  const dataset = await loadDataset(data, { seed });
  const evaluations: CheckpointEvaluation[] = [];
  for (const { name, checkpoint } of checkpoints) {
    const evaluation = await evaluateCheckpoint(checkpoint, name, dataset);
    if (evaluation.missing) console.error(`involution: ${evaluation.missing}`);
    evaluations.push(evaluation);
  }
  await started.dispose();
  if (json) console.log(JSON.stringify(evaluations.map(described)));
  else console.log(evaluations.map(report).join('\n\n'));
}

const described = ({ labels, predicted, ...evaluation }: CheckpointEvaluation) => ({
  ...evaluation,
  labels: [...labels],
  predicted: [...predicted],
});

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
