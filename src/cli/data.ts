import { resolve } from 'node:path';
import { Command } from 'commander';
import * as v from 'valibot';
import type { Dataset } from '../core/data/dataset';
import { DataSpec, type RunSpecInput } from '../core/runs/spec';
import { grouped } from './format';
import { dataSource, decimal, integer, jsonOption } from './options';
import { table } from './table';
import { checkFigureFile, writeFigure } from './writeFigure';

interface DataOptions {
  imageSize?: number;
  validationSplit?: number;
  seed: number;
  out?: string;
  json?: boolean;
}

/** What is listed of the files that could not be used, unless it is machines that read it. */
const mostListed = 20;

export function dataCommand(): Command {
  return new Command('data')
    .description(
      'what a data set holds: its classes, their balance, files that were skipped, a look at the images',
    )
    .argument(
      '<source>',
      'shapes (built in), cifar10 (downloaded once), or a folder with one subfolder a class',
      dataSource,
    )
    .option('--image-size <pixels>', 'images of a folder are resized to this square', integer)
    .option('--validation-split <fraction>', 'how much of a folder is held out', decimal)
    .option('--seed <number>', 'decides the split', integer, 42)
    .option(
      '--out <file>',
      'the first 25 training images with their classes, as a PNG; it only replaces an earlier figure',
    )
    .addOption(jsonOption())
    .action(data);
}

async function data(source: NonNullable<RunSpecInput['data']>, options: DataOptions): Promise<void> {
  const { imageSize, validationSplit, seed, out, json } = options;
  if (out) await checkFigureFile(out, source.kind === 'folder' ? [source.path] : []);
  const [{ loadDataset }, { classCounts, dataFigure }] = await Promise.all([
    import('../node/data/loadDataset'),
    import('../core/data/preview'),
  ]);
  const spec = v.parse(
    DataSpec,
    source.kind === 'folder' ? { ...source, imageSize, validationSplit } : source,
  );
  let last = '';
  const dataset = await loadDataset(spec, {
    seed,
    onProgress: ({ message, fraction }) => {
      // A line a step, not a line a megabyte.
      const step = message.replace(/\d.*/, '');
      if (json || step === last || fraction === 1) return;
      last = step;
      console.error(message);
    },
  });
  if (out) await writeFigure(dataFigure(dataset), out);
  const counts = {
    train: classCounts(dataset.train, dataset.classes),
    validation: classCounts(dataset.validation, dataset.classes),
  };
  console.log(json ? JSON.stringify(described(dataset, counts)) : report(dataset, counts));
  if (out && !json) console.log(`\nThe first images: ${resolve(out)}`);
}

interface Counts {
  readonly train: number[];
  readonly validation: number[];
}

function described(
  { name, source, classes, imageShape, fingerprint, skipped, ...splits }: Dataset,
  counts: Counts,
) {
  return {
    name,
    source,
    imageShape,
    fingerprint,
    trainCount: splits.train.count,
    validationCount: splits.validation.count,
    classes: classes.map((name, c) => ({ name, train: counts.train[c], validation: counts.validation[c] })),
    skipped,
  };
}

function report(dataset: Dataset, { train, validation }: Counts): string {
  const { name, source, classes, imageShape, fingerprint, skipped } = dataset;
  const rows = classes.map((label, c) => [label, grouped(train[c]!), grouped(validation[c]!)]);
  const total = ['total', grouped(dataset.train.count), grouped(dataset.validation.count)];
  const [fewest, most] = [Math.min(...train), Math.max(...train)];
  return [
    `${name}: ${imageShape.join('×')}, ${source}`,
    `Fingerprint ${fingerprint}`,
    '',
    table(
      [{ title: 'Class' }, { title: 'Train', align: 'right' }, { title: 'Validation', align: 'right' }],
      [...rows, total],
    ),
    ...(most > 2 * fewest
      ? [
          '',
          `The classes are unbalanced: the largest has ${(most / fewest).toFixed(1)} times the images of the smallest.`,
        ]
      : []),
    ...(skipped.length > 0 ? ['', `Skipped ${grouped(skipped.length)}:`] : []),
    ...skipped.slice(0, mostListed).map(({ path, reason }) => `  ${path} ${reason}`),
    ...(skipped.length > mostListed
      ? [`  … and ${grouped(skipped.length - mostListed)} more (--json lists all)`]
      : []),
  ].join('\n');
}
