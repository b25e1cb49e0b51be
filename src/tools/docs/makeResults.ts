// Writes docs/results.md and its pictures from real runs, after `npm run build`: `npm run docs:results -- EXAMPLE [OTHERS]`.
// EXAMPLE is a folder of runs that has the example's two models after 20 epochs of CIFAR-10 (the newest of each is taken),
// OTHERS what results/train.mjs has trained.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { chartFigure } from '../../../webview/shared/chart/figure';
import type { Line } from '../../../webview/shared/chart/lines';
import { lookAt } from '../../../webview/shared/chart/palette';
import { svgOf } from '../../../webview/shared/chart/svg';
import type { EpochEvent } from '../../core/runs/events';
import { runFiles } from '../../core/runs/layout';
import { EventTail } from '../../node/runs/eventTail';
import { type ListedRun, listRuns } from '../../node/runs/runList';
import { comparisonSection, grouped, involution } from './results/comparison';

interface Example {
  readonly id: string;
  /** What the notebook of the Keras example prints after its 20 epochs (keras-io, examples/vision/involution.py). */
  readonly trainable: string;
  readonly accuracy: string;
  readonly color: string;
}
const examples: readonly Example[] = [
  { id: 'involution', trainable: '13 074', accuracy: '0.4719', color: '#0065a9' },
  { id: 'convolution', trainable: '319 178', accuracy: '0.7304', color: '#b45309' },
];
const images = 'docs/images';

interface Trained {
  readonly example: Example;
  readonly run: ListedRun;
  readonly epochs: EpochEvent[];
}

async function trained(example: Example, runsFolder: string): Promise<Trained> {
  const { id } = example;
  const run = (await listRuns(runsFolder)).runs.find(
    ({ manifest: { spec } }) => spec.data.kind === 'cifar10' && spec.models.some((model) => model.id === id),
  );
  if (!run) throw new Error(`There is no CIFAR-10 run of the ${id} model in ${runsFolder}. Train one first.`);
  const events = await new EventTail(join(run.folder, runFiles.events)).read();
  const epochs = events.filter((event) => event.type === 'epoch' && event.model === id) as EpochEvent[];
  return { example, run, epochs };
}

function curves(all: readonly Trained[]): string {
  const lines = (metric: 'loss' | 'accuracy'): Line[] =>
    all.flatMap(({ example: { id, color }, epochs }) =>
      (['train', 'validation'] as const).map((split) => {
        const key = split === 'train' ? metric : metric === 'loss' ? 'valLoss' : 'valAccuracy';
        return {
          id: `${id}/${split}`,
          label: `${id}, ${split}`,
          run: '',
          model: id,
          split,
          color,
          dash: lookAt(0).dash[split],
          x: Float64Array.from(epochs, ({ epoch }) => epoch),
          y: Float32Array.from(epochs, (event) => event[key] ?? Number.NaN),
          faint: false,
        };
      }),
    );
  const last = Math.max(...all.map(({ epochs }) => epochs.length));
  const panel = { xTitle: 'epoch', x: [1, last] as const, logX: false, logY: false };
  const losses = lines('loss');
  const highest = Math.max(...losses.flatMap(({ y }) => [...y]));
  return svgOf(
    chartFigure(
      'CIFAR-10, batch 256, Adam 1e-3',
      [
        { ...panel, title: 'Loss', lines: losses, y: [0, highest] },
        { ...panel, title: 'Accuracy', lines: lines('accuracy'), y: [0, 1] },
      ],
      2,
      {
        fontFamily: 'sans-serif',
        background: '#ffffff',
        foreground: '#1f1f1f',
        quiet: '#5f5f5f',
        rule: '#dddddd',
        color: (token) => token,
      },
    ),
  );
}

function row({ example, run, epochs }: Trained): string {
  const { totals } = JSON.parse(involution('summary', '--model', example.id, '--json'));
  const last = epochs.at(-1)!;
  const best = Math.max(...epochs.map(({ valAccuracy }) => valAccuracy ?? 0));
  const seconds = epochs.reduce((sum, event) => sum + event.seconds, 0);
  const { engine } = run.manifest;
  return [
    example.id,
    `${grouped(totals.trainable)} (the example: ${example.trainable})`,
    String(last.epoch),
    last.valAccuracy!.toFixed(4),
    best.toFixed(4),
    example.accuracy,
    `${engine.name} ${engine.version}, ${engine.device}`,
    `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`,
  ].join(' | ');
}

const [runsFolder = '.involution/runs', others = 'out/results-runs'] = process.argv.slice(2);
const all = await Promise.all(examples.map((example) => trained(example, runsFolder)));
// All of its pictures are made here, and the command does not replace what it did not make.
rmSync(images, { recursive: true, force: true });
const comparison = await comparisonSection(others);
mkdirSync(images, { recursive: true });
writeFileSync(`${images}/curves.svg`, curves(all));
involution('data', 'cifar10', '--out', `${images}/cifar10.png`);
const [{ run }] = all as [Trained];
involution(
  'kernels',
  '--engine',
  'wasm',
  '--run',
  run.folder,
  '--validation',
  '10',
  '--out',
  `${images}/kernels.png`,
);

writeFileSync(
  'docs/results.md',
  `# Results

## The Keras example's comparison, reproduced

Made by \`npm run docs:results\` from a run on real CIFAR-10 (50 000 training, 10 000 validation images), seed
${run.manifest.spec.seed}, batch ${run.manifest.spec.batchSize}, Adam ${run.manifest.spec.learningRate}, on ${cpus().length} cores of ${cpus()[0]!.model.trim()}. The times are of a machine that did other things
too; those of the next table are of a quiet one.

| model | trainable parameters | epochs | validation accuracy | best | the example prints | engine | time |
|---|---|---|---|---|---|---|---|
${all.map((each) => `| ${row(each)} |`).join('\n')}

The example's notebook trained on a GPU from other random weights; its numbers are beside ours for orientation.

![Loss and accuracy of both models, by epoch](images/curves.svg)

### The data

![25 training images with their labels](images/cifar10.png)

### The kernels

The first ten test images, and for each involution layer the sum of the kernel that is generated at every pixel.

![Ten images and their kernel heatmaps](images/kernels.png)

## Other networks

${comparison}`,
);
console.log('Wrote docs/results.md');
