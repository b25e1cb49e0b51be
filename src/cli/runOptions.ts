import { Argument, Option } from 'commander';
import { similarName } from '../core/involution/argumentErrors';
import type { ModelId } from '../core/network/model';
import { UsageError } from '../core/usageError';
import type { ListedRun } from '../node/runs/runList';
import { path } from './options';

const runWords = 'its folder, id or name';
/** That has to be said. */
export const runArgument = () => new Argument('<run>', runWords).argParser(path);
export const latestRunArgument = () => new Argument('[run]', runWords).argParser(path).default('latest');

export const dataFolderOption = () =>
  new Option('--data <folder>', "where the run's image folder is now, if it has moved").argParser(path);

export const anywayOption = () =>
  new Option(
    '--anyway',
    'use the images that are there now if they have changed, as long as the classes are the same',
  );

/** `--model involution-2`: of a run's models. */
export const runModelsOption = () =>
  new Option('--model <id>', "one of the run's models; repeat it for several (default: all)").argParser<
    ModelId[]
  >((id, before = []) => [...before, id]);

/** The models that were asked for, each once; all of the run unless said otherwise. */
export function modelsOfRun({ id, manifest }: ListedRun, wanted?: readonly ModelId[]): ModelId[] {
  const models = manifest.spec.models.map((model) => model.id);
  for (const name of wanted ?? []) {
    if (models.includes(name)) continue;
    const similar = similarName(name, models);
    const meant = similar === undefined ? '' : ` Did you mean "${similar}"?`;
    throw new UsageError(`The run ${id} has no model "${name}".${meant} There are ${models.join(', ')}.`);
  }
  return [...new Set(wanted ?? models)];
}
