import { Command } from 'commander';
import type { Evaluation } from '../core/evaluation/evaluation';
import type { ModelName } from '../core/runs/spec';
import { grouped, measure } from './format';
import { engineOption, jsonOption, modelsOption, runsOption } from './options';
import { table } from './table';

interface EvaluateOptions {
  model?: ModelName[];
  engine?: 'auto';
  runs: string;
  json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description("a run's newest networks on the validation images: accuracy by class, confusion matrix")
    .argument('[run]', 'its folder, id or name', 'latest')
    .addOption(modelsOption())
    .addOption(engineOption())
    .addOption(runsOption())
    .addOption(jsonOption())
    .action(evaluate);
}

async function evaluate(wanted: string, { model, engine, runs, json }: EvaluateOptions): Promise<void> {
  const [{ startEngine }, { loadDataset }, { evaluateRun }, { findRun }] = await Promise.all([
    import('../engines/select'),
    import('../node/data/loadDataset'),
    import('../node/runs/evaluateRun'),
    import('../node/runs/runList'),
  ]);
  const { folder, manifest } = await findRun(runs, wanted);
  const { data, seed, models } = manifest.spec;
  const started = await startEngine(engine ?? 'auto');
  const dataset = await loadDataset(data, { seed });
  const evaluations: Evaluation[] = [];
  for (const name of model ?? models) evaluations.push(await evaluateRun(folder, name, dataset));
  await started.dispose();
  if (json) console.log(JSON.stringify(evaluations.map(described)));
  else console.log(evaluations.map(report).join('\n\n'));
}

const described = ({ labels, predicted, ...evaluation }: Evaluation) => ({
  ...evaluation,
  labels: [...labels],
  predicted: [...predicted],
});

function report({ model, classes, accuracy, loss, confusion, perClassAccuracy, labels }: Evaluation): string {
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
  const title = `${model}: accuracy ${measure(accuracy)}, loss ${measure(loss)} on ${grouped(labels.length)} images`;
  return `${title}\n\n${table(columns, rows)}`;
}
