import { availableParallelism } from 'node:os';
import type { StepRow } from '../../../cli/bench/report';
import type { Pass } from '../../../cli/bench/subject';
import { engineWords, type Measurements } from './measure';

interface NetworkSize {
  readonly imageSize: number;
  readonly batch: number;
  /** What the residual networks are set to. */
  readonly residual: string;
}

/** Of each size the batch that memory allows. */
const sizes: readonly NetworkSize[] = [
  { imageSize: 32, batch: 32, residual: 'width=0.5,stem=cifar' },
  { imageSize: 64, batch: 8, residual: 'width=0.5' },
  { imageSize: 224, batch: 1, residual: 'width=1' },
];

/** Residual networks in the paper's form, and the example's with attention. */
function modelWords(residual: string): string[] {
  const models = [
    ['rednet-26', 'rednet', `depth=26,${residual}`],
    ['resnet-26', 'resnet', `depth=26,${residual}`],
    ['rednet-50', 'rednet', `depth=50,${residual}`],
    ['attention', 'attention', 'width=16,groups=2'],
    ['outlook', 'involution', 'generator=outlook,width=16,groups=2'],
  ];
  return models.flatMap(([id, preset, set]) => ['--model', preset!, '--set', set!, '--id', id!]);
}

const passWords = (pass: Pass) => (pass === 'inference' ? ['--inference'] : []);

/** Beside PyTorch alone, which the paper’s code is in: with Keras it would take twice as long. */
export function measureNetworks(measurements: Measurements, python: string): StepRow[] {
  const engines = engineWords(['wasm', 'tensorflow']);
  const words = [...engines, '--peer', python, '--library', 'torch', '--rounds', '3', '--seconds', '0.3'];
  return measureNetworkSizes(measurements, sizes, words);
}

/** Each network at each size, in training and in inference. */
export function measureNetworkSizes(
  measurements: Measurements,
  sizes: readonly NetworkSize[],
  words: readonly string[],
): StepRow[] {
  return sizes.flatMap(({ imageSize, batch, residual }) =>
    (['training', 'inference'] as const).flatMap((pass) =>
      measurements.bench<StepRow[]>(
        ...modelWords(residual),
        ...['--image-size', String(imageSize), '--batch-size', String(batch), ...passWords(pass)],
        ...words,
      ),
    ),
  );
}

/** The table of how a RedNet-26's step grows: what grows, and the rows. */
export interface Scaling {
  readonly title: string;
  readonly rows: StepRow[];
}

const cifar = 'width=0.5,stem=cifar';
const cifarRednet = ['--model', 'rednet', '--set', cifar];
const quick = ['--engine', 'wasm', '--rounds', '3', '--seconds', '0.3'];

/** One size at a time, from RedNet-26 at base width 32 on 8 images of 32 × 32. */
export function measureScaling(measurements: Measurements): Scaling[] {
  const steps = (sets: readonly string[], words: readonly string[]) =>
    measurements.bench<StepRow[]>(
      ...sets.flatMap((set) => ['--model', 'rednet', '--set', set, '--id', idOf(set)]),
      ...words,
      ...quick,
    );
  const batch = ['--batch-size', '8'];
  const processors = Array.from({ length: availableParallelism() }, (_, i) => i + 1);
  return [
    {
      title: 'Batch',
      rows: steps(
        [cifar],
        [1, 2, 4, 8, 16, 32, 64].flatMap((size) => ['--batch-size', String(size)]),
      ),
    },
    {
      title: 'Pixels',
      rows: [16, 32, 64, 128].flatMap((size) => steps([cifar], [...batch, '--image-size', String(size)])),
    },
    {
      title: 'K',
      rows: steps(
        [3, 5, 7, 9].map((size) => `kernelSize=${size},${cifar}`),
        batch,
      ),
    },
    {
      title: 'C',
      rows: steps(
        [0.125, 0.25, 0.5, 1].map((width) => `width=${width},stem=cifar`),
        batch,
      ),
    },
    {
      title: 'Threads',
      rows: processors.flatMap((count) =>
        measurements.benchOn<StepRow[]>(count, ...cifarRednet, ...batch, ...quick),
      ),
    },
    {
      title: 'Vectors of 256 bits, and of 128',
      rows: [
        ...measurements.bench<StepRow[]>(...cifarRednet, ...batch, ...quick),
        ...measurements.benchNarrow<StepRow[]>(...cifarRednet, ...batch, ...quick),
      ],
    },
  ];
}

/** "kernelsize-3" of "kernelSize=3,width=0.5,stem=cifar": what is changed comes first. */
function idOf(set: string): string {
  const [first] = set.split(',');
  return first!.toLowerCase().replace('=', '-').replace('.', '_');
}
