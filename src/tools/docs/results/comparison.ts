import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSummary } from '../../../core/network/summary';
import type { EpochEvent } from '../../../core/runs/events';
import { runFiles } from '../../../core/runs/layout';
import { EventTail } from '../../../node/runs/eventTail';
import { type ListedRun, listRuns } from '../../../node/runs/runList';
import { type Contestant, contestants, folderOf, recipe } from './contestants.mjs';

/** The runs of a contestant, one for each seed that it was trained with. */
interface Trained {
  readonly contestant: Contestant;
  readonly runs: readonly { readonly run: ListedRun; readonly epochs: readonly EpochEvent[] }[];
}

const images = 'docs/images/comparison';
/** Test images in each figure. */
const pictured = 4;

/** The part of docs/results.md that compares other networks with the example's, of what train.mjs has trained. */
export async function comparisonSection(root: string): Promise<string> {
  const all = await Promise.all(contestants.map((contestant) => trained(contestant, root)));
  const epochs = Math.min(...all.flatMap(({ runs }) => runs.map((run) => run.epochs.length)));
  const outcomes = all.map((each) => outcome(each, epochs));
  const rows = outcomes.map((each) => `| ${row(each).join(' | ')} |`).join('\n');
  const figures = all.filter(hasKernels).map((each) => `**${each.contestant.title}**\n\n${figure(each)}`);
  return `Each trained with the same recipe: ${epochs} epochs of CIFAR-10, batch ${recipe.batchSize}, Adam 0.001, no augmentation,
engine wasm (of which runs have the same bits on any machine and number of threads). Accuracy: of the 10 000 test
images after the last epoch; mean ± standard deviation where there is more than one seed. Seconds per epoch: its
training steps, timed on this machine when this page was made. \`node src/tools/docs/results/train.mjs\` trains them,
\`npm run docs:results\` writes the page.

| network | parameters | multiply–accumulates per image | seconds per epoch | accuracy | of each seed |
|---|--:|--:|--:|--:|--:|
${rows}

${conclusion(outcomes, epochs)}
${all.some(isDead) ? deadNote : ''}
### Their kernels

The first ${pictured} test images, and for each layer of involution the statistic of its generator at every pixel.

${figures.join('\n\n')}
`;
}

async function trained(contestant: Contestant, root: string): Promise<Trained> {
  const runs = [];
  for (const seed of recipe.seeds) {
    const [run] = (await listRuns(folderOf(root, contestant.id, seed))).runs;
    if (!run) continue;
    const events = await new EventTail(join(run.folder, runFiles.events)).read();
    runs.push({ run, epochs: events.filter((event) => event.type === 'epoch') });
  }
  if (runs.length === 0) throw new Error(`There is no run of ${contestant.title} below ${root}.`);
  return { contestant, runs };
}

interface Outcome {
  readonly contestant: Contestant;
  readonly accuracies: readonly number[];
  readonly secondsPerEpoch: number;
}

function outcome({ contestant, runs }: Trained, epochs: number): Outcome {
  const accuracies = runs.map((run) => run.epochs[epochs - 1]!.valAccuracy!);
  return { contestant, accuracies, secondsPerEpoch: secondsPerEpoch(contestant) };
}

function row({ contestant, accuracies, secondsPerEpoch }: Outcome): string[] {
  const { totals, layers } = JSON.parse(
    involution('summary', ...modelOf(contestant), '--json'),
  ) as ModelSummary;
  const macs = layers.reduce((sum, layer) => sum + (layer.macs ?? 0), 0);
  return [
    contestant.title,
    grouped(totals.trainable),
    grouped(macs),
    secondsPerEpoch.toFixed(1),
    spread(accuracies),
    accuracies.map((accuracy) => accuracy.toFixed(4)).join(', '),
  ];
}

/** Which of them are worth a person's minutes on such a machine. */
function conclusion(outcomes: readonly Outcome[], epochs: number): string {
  const best = outcomes.filter(({ accuracies }) => mean(accuracies) > 0.5);
  const named = best.map(
    ({ contestant: { title }, secondsPerEpoch }) =>
      `${title} (${((secondsPerEpoch * epochs) / 60).toFixed(1)} minutes)`,
  );
  return `Above one half after these ${epochs} epochs, and the time that they take on this machine: ${named.join(', ')}.`;
}

function secondsPerEpoch(contestant: Contestant): number {
  const size = ['--batch-size', String(recipe.batchSize)];
  const [step] = JSON.parse(
    involution('bench', ...modelOf(contestant), ...size, '--engine', 'wasm', '--json'),
  );
  return (Math.ceil(50_000 / recipe.batchSize) * step.msPerStep) / 1000;
}

/** "0.4584 ± 0.0031". */
function spread(values: readonly number[]): string {
  if (values.length === 1) return values[0]!.toFixed(4);
  const variance = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
  return `${mean(values).toFixed(4)} ± ${Math.sqrt(variance).toFixed(4)}`;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Nothing was learned: one class for every image. */
const isDead = ({ runs }: Trained) =>
  runs.some(({ epochs }) => epochs.every(({ valAccuracy }) => valAccuracy === 0.1));
const deadNote = `
An accuracy of 0.1 is chance, and such a run stays there: with three channels and a reduction ratio of 2, the example's
generator has a single hidden unit in each layer. Where the weights behind it add up to less than zero, so does the first
layer's kernel at every position (\`involution kernels --checkpoint 0\` shows it); pixels are not negative, the ReLU behind
the layer gives zero everywhere, and no gradient comes back. Wider generators (\`width\`, or another kind) do not hang on
one sign.
`;

const hasKernels = ({ contestant: { preset } }: Trained) => preset !== 'convolution' && preset !== 'resnet';

function figure({ contestant: { id, title }, runs }: Trained): string {
  mkdirSync(images, { recursive: true });
  const file = `${images}/${id}.png`;
  involution(
    ...['kernels', '--run', runs[0]!.run.folder, '--validation', String(pictured)],
    ...['--engine', 'wasm', '--out', file],
  );
  return `![${pictured} images and the kernel heatmaps of ${title}](images/comparison/${id}.png)`;
}

const modelOf = ({ preset, parameters }: Contestant) => [
  ...['--model', preset],
  ...(parameters ? ['--set', parameters] : []),
];

/** "13 074". */
export const grouped = (value: number) => value.toLocaleString('en-US').replaceAll(',', ' ');

export function involution(...words: string[]): string {
  return execFileSync(process.execPath, ['dist/involution.mjs', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
