// Writes docs/benchmarks.md: `npm run docs:benchmarks -- PYTHON`, with a Python that has Keras and PyTorch, on a machine
// that does nothing else. Takes an hour; parts that are named are measured again, the others kept.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '../../cli/bench/profile';
import {
  machine,
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

const partNames = ['steps', 'batches', 'operator', 'run', 'profiles'] as const;
type PartName = (typeof partNames)[number];

const [python, ...wanted] = process.argv.slice(2);
if (!python || wanted.some((name) => !partNames.includes(name as PartName))) {
  console.error(`Usage: npm run docs:benchmarks -- PYTHON [${partNames.join(' ')}]`);
  process.exit(2);
}
const wholeRunEpochs = 20;
const file = 'docs/benchmarks.md';
const measured = 'out/benchmarks';
/** Written by hand, and kept: everything from this heading on. */
const notes = /^## What bounds each engine[\s\S]*/m.exec(readFileSync(file, 'utf8'))![0];

/** Measures a part that is wanted (all are, where none is named); of the others it takes what was measured last. */
function part<Result>(name: PartName, measure: () => Result): Result {
  const path = join(measured, `${name}.json`);
  if (wanted.length > 0 && !wanted.includes(name)) return JSON.parse(readFileSync(path, 'utf8'));
  const result = measure();
  mkdirSync(measured, { recursive: true });
  writeFileSync(path, JSON.stringify(result));
  return result;
}

function run(program: string, words: readonly string[], input = ''): string {
  return execFileSync(program, words, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'inherit'] });
}

function involution<Answer>(...words: string[]): Answer {
  return JSON.parse(run(process.execPath, ['dist/involution.mjs', ...words, '--json']));
}

const engineWords = (names: readonly EngineName[]) => names.flatMap((name) => ['--engine', name]);
const mainEngines: readonly EngineName[] = ['wasm', 'tensorflow'];

interface ProfileOfStep extends Profile {
  readonly engine: EngineName;
  readonly model: ModelId;
}

function profileOf(engine: EngineName, model: ModelId): ProfileOfStep {
  return involution('bench', '--profile', '--engine', engine, '--model', model, '--seconds', '3');
}

function profileTable({ engine, model, kernels, ...profile }: ProfileOfStep): string {
  const table = markdown(profileReport({ ...profile, kernels: kernels.slice(0, 8) }));
  return `### ${model} on ${engine}, the eight longest\n\n${table}`;
}

/** The involution model's whole run on CIFAR-10: our command from its start to its end, and Keras's `fit` alone. */
function wholeRun(): { ours: number; keras: number } {
  const runs = mkdtempSync(join(tmpdir(), 'involution-benchmark-'));
  const begin = performance.now();
  run(process.execPath, [
    ...['dist/involution.mjs', 'train', '--model', 'involution', '--data', 'cifar10', '--engine', 'wasm'],
    ...['--epochs', String(wholeRunEpochs), '--runs', runs, '--json'],
  ]);
  const ours = (performance.now() - begin) / 1000;
  rmSync(runs, { recursive: true });
  const folder = cifar10RecordsFolder();
  const subject = { kind: 'fit', model: 'involution', epochs: wholeRunEpochs, folder };
  const said = run(python!, ['src/cli/bench/peer.py', 'keras'], `${JSON.stringify(subject)}\n`);
  const { seconds } = JSON.parse(said.split('\n').find((line) => line.startsWith('{'))!);
  return { ours, keras: seconds };
}

const steps = part('steps', () =>
  involution<StepRow[]>('bench', ...engineWords(mainEngines), '--rounds', '15', '--peer', python),
);
const batches = part('batches', () =>
  involution<StepRow[]>(
    ...['bench', ...engineWords(['wasm', 'cpu']), '--model', 'involution'],
    ...['32', '64', '128', '256', '512'].flatMap((size) => ['--batch-size', size]),
  ),
);
const whole = part('run', wholeRun);
const profiles = part('profiles', () => [
  profileOf('wasm', 'involution'),
  profileOf('wasm', 'convolution'),
  profileOf('tensorflow', 'involution'),
  profileOf('tensorflow', 'convolution'),
]);

const operator = part('operator', () =>
  involution<OperatorRow[]>(
    ...['bench', '--operator', ...engineWords([...mainEngines, 'cpu']), '--rounds', '3', '--peer', python],
  ),
);

const ratioTo = (peer: RegExp, row: StepRow | OperatorRow | undefined) =>
  row?.peers.find(({ name }) => peer.test(name))?.ratio ?? Number.NaN;
const step = (engine: EngineName, model: ModelId) =>
  steps.find((row) => row.engine === engine && row.model === model);
const example = operator.find(
  (row) => row.engine === 'wasm' && row.channels === 64 && row.kernelSize === 7 && row.size === 56,
);
const targets: [what: string, measured: number, must: number, aim: number][] = [
  ['INN step, wasm ÷ Keras', ratioTo(/Keras/, step('wasm', 'involution')), 0.2, 0.08],
  ['INN step, tensorflow ÷ Keras', ratioTo(/Keras/, step('tensorflow', 'involution')), 0.6, 0.25],
  ['CNN step, tensorflow ÷ Keras', ratioTo(/Keras/, step('tensorflow', 'convolution')), 1.6, 1],
  ['CNN step, wasm ÷ Keras', ratioTo(/Keras/, step('wasm', 'convolution')), 8, 5],
  ['bare involution, C 64, K 7, G 4, 56², batch 8, wasm ÷ PyTorch', ratioTo(/Torch/, example), 0.5, 0.2],
  ['peak memory of the same ÷ PyTorch', example!.peers[0]!.memoryRatio, 0.25, 0.1],
  [`whole ${wholeRunEpochs}-epoch CIFAR-10 INN run, wasm ÷ Keras fit`, whole.ours / whole.keras, 0.25, 0.1],
];
const verdict = (measured: number, must: number, aim: number) =>
  measured <= aim ? 'aim' : measured <= must ? 'must' : 'missed';

writeFileSync(
  file,
  `# Benchmarks

Made by \`npm run docs:benchmarks -- PYTHON\` on ${machine()}. Times are medians; ± is the range of
their middle half. Whoever is compared takes turns with us, round after round, in one run; a ratio is our time by theirs,
so less is better. Every contestant is a process of its own.

## What was to be reached

| | measured | must | aim | reached |
|---|---:|---:|---:|---|
${targets.map(([what, measured, must, aim]) => `| ${what} | ${measured.toFixed(3)} | ≤ ${must} | ≤ ${aim} | ${verdict(measured, must, aim)} |`).join('\n')}

The whole run took ${whole.ours.toFixed(0)} s from the start of the command to its end, with reading the data, validation and a
checkpoint each epoch; \`fit\` of Keras took ${whole.keras.toFixed(0)} s without its start and its reading.

## A training step

${markdown(stepReport(steps))}

### By batch size

${markdown(stepReport(batches))}

## The bare involution

Forward and both gradients. ps/MAC is the time by multiply–accumulate (three for each weight and channel), MB what the
computation needs beside its inputs: it does not grow with K², while whoever unfolds needs K² times the image.

${markdown(operatorReport(operator))}

## Where a step's time goes

${profiles.map(profileTable).join('\n\n')}

${notes}`,
);
console.log(`Wrote ${file}`);
