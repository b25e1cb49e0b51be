import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import { DataSpec, dataKinds } from '../core/data/dataKinds';
import { engineNames, type RunSpecInput } from '../core/runs/spec';
import type { CheckpointChoice } from '../node/runs/checkpoints';

/** Of a file, a folder or a run. An empty one is most likely a variable that is not set, and would mean the folder here. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

export function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function positiveInteger(text: string): number {
  const value = integer(text);
  if (value === 0) throw new InvalidArgumentError('It must be 1 at least.');
  return value;
}

export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

export function positiveDecimal(text: string): number {
  const value = decimal(text);
  if (value <= 0) throw new InvalidArgumentError('It must be more than 0.');
  return value;
}

/** "shapes", "cifar10", another kind's name, or the path of a folder. */
export function dataSource(text: string): RunSpecInput['data'] {
  const named = { kind: text.toLowerCase().replace('-', '') };
  return v.is(DataSpec, named) ? named : { kind: 'folder', path: resolve(path(text)) };
}

/** Those that need nothing but their name. */
const namedKinds = Object.values(dataKinds).filter(({ kind }) => v.is(DataSpec, { kind }));
const folderWords = 'a folder with one subfolder per class';
export const dataWords = [...namedKinds.map(({ kind }) => kind), `or ${folderWords}`].join(', ');

/** What each is, for the help. */
export function dataHelp(): string {
  const lines = [...namedKinds.map(({ kind, description }) => [kind, description]), ['FOLDER', folderWords]];
  return `\nData:\n${lines.map(([name, words]) => `  ${name!.padEnd(14)} ${words}`).join('\n')}`;
}

/** "constant", "cosine", "cosine:0.1" (final fraction), "step", "step:10:0.1" (every so many epochs, times). */
export function schedule(text: string): RunSpecInput['schedule'] {
  const [kind, first, second] = text.split(':');
  if (kind === 'constant' && first === undefined) return { kind };
  if (kind === 'cosine' && second === undefined)
    return { kind, finalFraction: first === undefined ? undefined : decimal(first) };
  if (kind === 'step') {
    const every = first === undefined ? undefined : integer(first);
    return { kind, every, factor: second === undefined ? undefined : decimal(second) };
  }
  throw new InvalidArgumentError('It must be constant, cosine[:FINAL] or step[:EVERY[:FACTOR]].');
}

/** What a crop pads images with, in pixels, where nothing is said. */
const usualPadding = 4;

/** "flip", "crop", "crop:8", "flip,crop". */
export function augmentation(text: string): RunSpecInput['augmentation'] {
  const parts = text.split(',').map((part): RunSpecInput['augmentation'] => {
    if (part === 'flip') return { flip: true };
    const crop = /^crop(?::(\d+))?$/.exec(part);
    if (!crop) throw new InvalidArgumentError('It must be flip, crop[:PADDING], or both: flip,crop.');
    return { crop: crop[1] === undefined ? usualPadding : Number(crop[1]) };
  });
  return Object.assign({}, ...parts);
}

export const checkpointOption = () =>
  new Option('--checkpoint <which>', 'last, best (by validation accuracy), or an epoch; 0 is before training')
    .argParser<CheckpointChoice>((text) => {
      if (text === 'last' || text === 'best') return text;
      if (/^\d+$/.test(text)) return Number(text);
      throw new InvalidArgumentError('It must be last, best or the number of an epoch.');
    })
    .default('last');

export const engineOption = () =>
  new Option('--engine <name>', 'what computes; auto takes the fastest that works').choices([
    'auto',
    ...engineNames,
  ]);

export const runsOption = () =>
  new Option('--runs <folder>', 'where the runs are').argParser(path).default('./.involution/runs');

export const jsonOption = () => new Option('--json', 'machine-readable output');
