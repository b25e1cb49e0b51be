// Writes docs/benchmarks.md: `npm run docs:benchmarks -- PYTHON [--node NODE] [PART…]`, after `npm run build`, with a Python
// that has Keras and PyTorch, on a Linux machine that does nothing else. Takes about 25 minutes; parts that are named are
// measured again, the others kept. NODE runs what is measured: convolutions on wasm want Node 24 or later.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Profile } from '../../cli/bench/profile';
import {
  layerReport,
  markdown,
  type OperatorRow,
  operatorReport,
  profileReport,
  type StepRow,
  stepReport,
} from '../../cli/bench/report';
import type { ModelId } from '../../core/network/model';
import type { EngineName } from '../../core/runs/spec';
import { cifar10RecordsFolder } from '../../node/data/cifar10';
import { graphicsSection } from './benchmarks/graphics';
import { measureLayers } from './benchmarks/layers';
import { engineWords, Measurements, run } from './benchmarks/measure';
import { measureNetworks, measureScaling } from './benchmarks/networks';
import { targetsOf, verdict } from './benchmarks/targets';

const partNames: readonly string[] = [
  'steps',
  'batches',
  'networks',
  'scaling',
  'layers',
  'operator',
  'run',
  'profiles',
];

const { values, positionals } = parseArgs({
  options: { node: { type: 'string', default: process.execPath } },
  allowPositionals: true,
});
const [python, ...wanted] = positionals;
if (!python || wanted.some((name) => !partNames.includes(name))) {
  console.error(`Usage: npm run docs:benchmarks -- PYTHON [--node NODE] [${partNames.join(' ')}]`);
  process.exit(2);
}
const measurements = new Measurements(values.node, wanted);
const wholeRunEpochs = 5;
const file = 'docs/benchmarks.md';
const page = readFileSync(file, 'utf8');
/** Written by hand, and kept: everything from this heading on. */
const notes = /^## What bounds each engine[\s\S]*/m.exec(page)![0];
/** Of a machine that isn't always at hand: kept where there is nothing new of it. */
const graphics = () =>
  graphicsSection(measurements) ?? /^## On a GPU[\s\S]*?\n\n(?=## )/m.exec(page)?.[0] ?? '';
const mainEngines: readonly EngineName[] = ['wasm', 'tensorflow'];

interface ProfileOfStep extends Profile {
  readonly engine: EngineName;
  readonly model: ModelId;
}

function profileOf(engine: EngineName, ...model: string[]): ProfileOfStep {
  return measurements.bench('--profile', '--engine', engine, '--model', ...model, '--seconds', '3');
}

function profileTable({ engine, model, ...profile }: ProfileOfStep): string {
  const table = markdown(profileReport(profile, 8));
  return `### ${model} on ${engine}, the eight longest\n\n${table}`;
}

/** The involution model's whole run on CIFAR-10: our command from its start to its end, and Keras's `fit` alone. */
function wholeRun(): { epochs: number; ours: number; keras: number } {
  const folder = mkdtempSync(join(tmpdir(), 'involution-benchmark-'));
  try {
    const runs = join(folder, 'runs');
    const begin = performance.now();
    measurements.involution(
      ...['train', '--model', 'involution', '--data', 'cifar10', '--engine', 'wasm'],
      ...['--epochs', String(wholeRunEpochs), '--runs', runs, '--json'],
    );
    const ours = (performance.now() - begin) / 1000;
    const network = join(folder, 'network.keras');
    measurements.involution('export', '--runs', runs, '--format', 'keras', '--out', network);
    const subject = { kind: 'fit', network, epochs: wholeRunEpochs, folder: cifar10RecordsFolder() };
    const said = run(python!, ['-B', 'dist/peer', 'keras'], `${JSON.stringify(subject)}\n`);
    const { seconds } = JSON.parse(said.split('\n').find((line) => line.startsWith('{'))!);
    return { epochs: wholeRunEpochs, ours, keras: seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const steps = measurements.part('steps', () =>
  measurements.bench<StepRow[]>(...engineWords(mainEngines), '--rounds', '11', '--peer', python),
);
const batches = measurements.part('batches', () =>
  measurements.bench<StepRow[]>(
    ...engineWords(['wasm', 'cpu']),
    ...['--model', 'involution', '--rounds', '3'],
    ...['32', '64', '128', '256', '512'].flatMap((size) => ['--batch-size', size]),
  ),
);
const networks = measurements.part('networks', () => measureNetworks(measurements, python));
const scaling = measurements.part('scaling', () => measureScaling(measurements));
const beside = [...engineWords(mainEngines), '--rounds', '3', '--seconds', '0.3', '--peer', python];
const layers = measurements.part('layers', () => measureLayers(measurements, beside));
const operator = measurements.part('operator', () =>
  measurements.bench<OperatorRow[]>('--operator', ...beside),
);
const whole = measurements.part('run', wholeRun);
const profiles = measurements.part('profiles', () => [
  profileOf('wasm', 'involution'),
  profileOf('wasm', 'convolution'),
  profileOf('wasm', 'rednet', '--set', 'width=0.5,stem=cifar', '--batch-size', '32'),
  profileOf('tensorflow', 'involution'),
  profileOf('tensorflow', 'convolution'),
]);

const targets = targetsOf({ steps, networks, layers, operator, whole });
const machines = [...measurements.machines].map(([machine, parts]) =>
  measurements.machines.size > 1 ? `${machine} (${parts.join(', ')})` : machine,
);

writeFileSync(
  file,
  `# Benchmarks

Made by \`npm run docs:benchmarks -- PYTHON\` on ${machines.join('; ')}. Times are medians; ± is the range of
their middle half. Whoever is compared takes turns with us, round after round, in one run; a ratio is ours by theirs,
so less is better. Every contestant is a process of its own, and its peak memory that of the whole process.

Peers compute the same network as we do: Keras loads it as \`involution export --format keras\` writes it, with involutions
that unfold as the Keras example's do; PyTorch's is made of the same JSON (src/cli/bench/peer), with involutions that unfold
as the paper's code does. Before anything is timed, the count of parameters and the output for the same weights are compared.

## What was to be reached

| | measured | must | aim | reached |
|---|---:|---:|---:|---|
${targets.map((target) => `| ${target.what} | ${target.measured.toFixed(3)} | ≤ ${target.must} | ≤ ${target.aim} | ${verdict(target)} |`).join('\n')}

How long a chart's update takes, and the way from the palette to its first point, is in [responsiveness.md](responsiveness.md).

The whole run took ${whole.ours.toFixed(0)} s from the start of the command to its end, with reading the data, validation and a
checkpoint each epoch; \`fit\` of Keras took ${whole.keras.toFixed(0)} s without its start and its reading.

## The example's networks

${markdown(stepReport(steps))}

### By batch size

${markdown(stepReport(batches))}

## Other networks

At 32² the residual networks have the CIFAR stem and base width 32, at 64² the ImageNet stem and base width 32, at 224² they are
the paper's (base width 64). attention and outlook are the example's network with 16 channels and 2 groups.

${markdown(stepReport(networks))}

## How a RedNet-26's step grows

From base width 32, 8 images of 32², K 7, on wasm; one of them at a time.

${scaling.map(({ title, rows }) => `### ${title}\n\n${markdown(stepReport(rows))}`).join('\n\n')}

## An involution layer alone

Forward, and the gradients of the image and of all weights. MB is what the computation needs beside its inputs.

${markdown(layerReport(layers))}

## The bare involution

Forward and both gradients. ps/MAC is the time by multiply–accumulate (three for each weight and channel), MB what the
computation needs beside its inputs: it does not grow with K², while whoever unfolds needs K² times the image.

${markdown(operatorReport(operator))}

## Where a step's time goes

${profiles.map(profileTable).join('\n\n')}

${graphics().trim()}

${notes}`,
);
console.log(`Wrote ${file}`);
