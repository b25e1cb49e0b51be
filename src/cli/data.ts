import { resolve } from 'node:path';
import { Command } from 'commander';
import * as v from 'valibot';
import { DataSpec, dataKinds } from '../core/data/dataKinds';
import type { Dataset } from '../core/data/dataset';
import { skippedLines } from '../core/data/skipped';
import type { RunSpecInput } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import { textOf } from '../core/words';
import { addVariantOptions, assertMeantFor, type Said, specOfVariant } from './fieldOptions';
import { grouped } from './format';
import { dataHelp, dataSource, dataWords, integer, jsonOption, path } from './options';
import { table } from './table';
import { checkFigureFile, writeFigure } from './writeFigure';

type Options = Said & {
  seed?: number;
  out?: string;
  json?: boolean;
};

const seedFlags = '--seed <number>';
const seeded = Object.values(dataKinds).flatMap(({ kind, isSeeded }) => (isSeeded ? [kind] : []));

export function dataCommand(): Command {
  const command = new Command('data')
    .description(
      'what a data set holds: its classes, their balance, files that were skipped, a look at the images',
    )
    .argument('<source>', dataWords, dataSource)
    .addHelpText('after', dataHelp);
  return addVariantOptions(command, 'data')
    .option(seedFlags, 'decides the split, and what is drawn (default: 42)', integer)
    .option(
      '--out <file>',
      'the first 25 training images with their classes, as a PNG; it only replaces an earlier figure',
      path,
    )
    .addOption(jsonOption())
    .action(data);
}

async function data(source: NonNullable<RunSpecInput['data']>, options: Options): Promise<void> {
  const { seed, out, json, ...said } = options;
  const spec = parsed(specOfVariant('data', source, said));
  if (seed !== undefined) assertMeantFor(seedFlags, 'data', seeded, spec.kind);
  if (out) await checkFigureFile(out, source.kind === 'folder' ? [source.path] : []);
  const [{ loadDataset }, { classCounts, dataFigure }] = await Promise.all([
    import('../node/data/loadDataset'),
    import('../core/data/preview'),
  ]);
  let last = '';
  const dataset = await loadDataset(spec, {
    seed: seed ?? 42,
    onProgress: ({ message, fraction }) => {
      // A line per step, not per megabyte.
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

function parsed(input: RunSpecInput['data']): DataSpec {
  const { success, output, issues = [] } = v.safeParse(DataSpec, input);
  if (success) return output;
  const problems = issues.map(
    (issue) => `${v.getDotPath(issue)} must be ${issue.expected}, not ${issue.received}`,
  );
  throw new UsageError(`There is no such data set: ${problems.join('; ')}.`);
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
  const lines = skippedLines(skipped).map(textOf);
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
    ...lines.map((line) => `  ${line}`),
    ...(skipped.length > lines.length ? ['  (--json lists all)'] : []),
  ].join('\n');
}
