import { resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Dataset } from '../../core/data/dataset';
import { skippedLines } from '../../core/data/skipped';
import type { DataWay } from '../../core/runs/dataChoice';
import type { RunManifest } from '../../core/runs/manifest';
import { messageIn } from '../../core/wordedError';
import { listed, textIn } from '../../core/words';
import { loadDataset } from '../data/loadDataset';
import type { LoadingOptions } from '../data/loadingOptions';

export interface RunDataOptions {
  /** Where the run's image folder is now, if it has moved. */
  readonly folder?: string;
  /** Other images will do, as long as the classes are the same ones. */
  readonly anyway?: boolean;
}

/** A run's data that is not there, or not what it was. */
export class RunDataError extends Error {
  constructor(
    /** Without the ways on, which are others in the command than in the editor. */
    readonly problem: string,
    readonly ways: readonly DataWay[],
    options?: ErrorOptions,
  ) {
    super([problem, ...ways.map((way) => waysOfCommand[way]())].join(' '), options);
  }
}

const waysOfCommand: Record<DataWay, () => string> = {
  folder: () => l10n.t('If the folder has moved, the command can be told where it is now: --data DIR.'),
  anyway: () => l10n.t('The command evaluates it on what is there now with --anyway.'),
};

export interface RunData {
  readonly dataset: Dataset;
  /** What has changed since the run began, for people; null for the very same data. */
  readonly change: string | null;
}

/** The data set of a run, as the run saw it. Throws an error that says what has changed, and the ways on. */
export async function loadRunData(
  manifest: RunManifest,
  { anyway, ...options }: LoadingOptions & RunDataOptions = {},
): Promise<RunData> {
  const dataset = await loadUnverified(manifest, options);
  return { dataset, change: verifyData(manifest, dataset, anyway) };
}

/** What lies now where the run had its data, or in `folder`, split by the run's seed: to be verified. */
export async function loadUnverified(
  { id, spec }: RunManifest,
  { folder, ...options }: LoadingOptions & Pick<RunDataOptions, 'folder'>,
): Promise<Dataset> {
  const { data, seed } = spec;
  if (data.kind !== 'folder') {
    if (folder === undefined) return loadDataset(data, { ...options, seed });
    throw new Error(
      `--data says where an image folder is now, and the run ${id} was trained on ${data.kind}. Leave it out.`,
    );
  }
  if (folder !== undefined) return loadDataset({ ...data, path: resolve(folder) }, { ...options, seed });
  try {
    return await loadDataset(data, { ...options, seed });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new RunDataError(messageIn(l10n.t, error as Error), ['folder'], { cause: error });
  }
}

/**
 * Null when the data is what the run began with. With `anyway` a change of the images is told and not thrown; networks
 * never meet other classes than they were trained to tell apart.
 */
export function verifyData({ id, data, spec }: RunManifest, dataset: Dataset, anyway = false): string | null {
  if (dataset.fingerprint === data.fingerprint) return null;
  const classes = changeOfClasses(data.classes, dataset.classes);
  const change = [...classes, ...changeOfImages(data, dataset), ...skippedNow(dataset)].join('; ');
  const isComparable = classes.length === 0 && hasShape(dataset, data.imageShape);
  if (anyway && isComparable) return change;
  const ways: DataWay[] = [];
  if (spec.data.kind === 'folder') ways.push('folder');
  if (isComparable) ways.push('anyway');
  throw new RunDataError(
    l10n.t(
      'The data of the run {0} has changed since it began: {1}. Bring it back as it was, or train a new run.',
      ...[id, change],
    ),
    ways,
  );
}

function changeOfClasses(then: readonly string[], now: readonly string[]): string[] {
  const added = now.filter((name) => !then.includes(name));
  const missing = then.filter((name) => !now.includes(name));
  const named = (names: string[]) => names.map((name) => `"${name}"`).join(', ');
  const changes: string[] = [];
  if (missing.length > 0) changes.push(l10n.t('classes that are gone: {0}', named(missing)));
  if (added.length > 0) changes.push(l10n.t('classes that are new: {0}', named(added)));
  if (changes.length === 0 && then.some((name, i) => now[i] !== name))
    changes.push(l10n.t('the classes are in another order'));
  return changes;
}

function changeOfImages(then: RunManifest['data'], { imageShape, train, validation }: Dataset): string[] {
  const changes: string[] = [];
  if (!hasShape({ imageShape }, then.imageShape))
    changes.push(l10n.t('images of {0} values, then {1}', imageShape.join('×'), then.imageShape.join('×')));
  const more = train.count + validation.count - then.trainCount - then.validationCount;
  const counts = [train.count, validation.count, then.trainCount, then.validationCount];
  changes.push(
    more === 0
      ? l10n.t('as many images, but not the same ones')
      : more > 0
        ? l10n.t('more images: {0} to train and {1} to validate with, then {2} and {3}', ...counts)
        : l10n.t('fewer images: {0} to train and {1} to validate with, then {2} and {3}', ...counts),
  );
  return changes;
}

/** Images are missing, perhaps, because they can't be read any more. */
const skippedNow = ({ skipped }: Dataset): string[] =>
  skipped.length === 0
    ? []
    : [l10n.t('skipped now: {0}', textIn(l10n.t, listed(skippedLines(skipped).slice(0, 3))))];

const hasShape = ({ imageShape }: Pick<Dataset, 'imageShape'>, shape: readonly number[]) =>
  imageShape.join() === shape.join();
