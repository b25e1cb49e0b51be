import type { Command } from 'commander';
import type { NetworkSource } from '../core/kernels/session';
import type { ModelId, ModelSpec } from '../core/network/model';
import { placeLayers } from '../core/network/place';
import { hasInvolutions } from '../core/network/traits';
import { UsageError } from '../core/usageError';
import type { CheckpointChoice } from '../node/runs/checkpoints';
import type { ListedRun } from '../node/runs/runList';
import {
  AskedModels,
  addPresetHelp,
  modelOption,
  networkOption,
  presetOption,
  setOption,
  titleOption,
} from './modelOptions';
import { checkpointOption, integer, path } from './options';
import { modelsOfRun } from './runOptions';

export interface SourceOptions {
  run?: string;
  runs: string;
  checkpoint: CheckpointChoice;
  seed?: number;
}

/** Of the networks that nobody trained. */
const [inputShape, classes] = [[32, 32, 3] as const, 10];

/**
 * Whose kernels a command line asks for. What --model means is known once all of it is read: with --run one of the run's
 * models, else a preset.
 */
export class AskedSource {
  readonly #said: {
    readonly flags: string;
    readonly text: string;
    readonly take: typeof presetOption.take;
  }[] = [];

  constructor(command: Command) {
    command
      .option('--run <run>', 'its folder, id or name, or "latest"; without it the network is untrained', path)
      .addOption(checkpointOption());
    const words = new Map([
      [
        presetOption,
        "with --run, which of its models (default: the first with involutions); else a model as it is before training (default: the Keras example's)",
      ],
      [setOption, setOption.description],
      [networkOption, 'a network of your own, as JSON, as it is before training'],
      [titleOption, 'names the network in the picture'],
    ]);
    for (const [{ flags, parse, take }, description] of words)
      command.addOption(
        modelOption({ flags, parse, description }, (text) => {
          this.#said.push({ flags, text, take });
        }),
      );
    command.option(
      '--seed <number>',
      "of an untrained network's weights (default: one with which the example's kernels are not all 0)",
      integer,
    );
    addPresetHelp(command);
  }

  /** @throws UsageError */
  check({ run, checkpoint, seed }: SourceOptions): void {
    if (run === undefined && checkpoint !== 'last')
      throw new UsageError('--checkpoint takes the network of a run: say which with --run.');
    if (run === undefined) return;
    if (seed !== undefined)
      throw new UsageError('--seed makes weights of a network that is not trained: leave it out, or --run.');
    const own = this.#said.find(({ flags }) => flags !== presetOption.flags);
    if (own)
      throw new UsageError(
        `${own.flags.split(' ')[0]} makes a network that is not trained: leave it out, or --run.`,
      );
    if (this.#said.length > 1)
      throw new UsageError('The kernels of one model are shown at a time: say --model once.');
  }

  /** @throws UsageError */
  async find({ run, runs, checkpoint, seed }: SourceOptions): Promise<NetworkSource> {
    if (run === undefined) return { untrained: await this.#untrained(), seed: seed ?? null };
    const { findRun } = await import('../node/runs/runList');
    const found = await findRun(runs, run);
    const model = involvingModel(found, this.#said[0]?.text);
    const epoch = model === null ? null : await epochOf(found.folder, model, checkpoint);
    return { runFolder: found.folder, model, epoch };
  }

  /** Null where none is asked for. */
  async #untrained(): Promise<ModelSpec | null> {
    if (this.#said.length === 0) return null;
    const asked = new AskedModels();
    for (const { take, text } of this.#said) take(asked, text);
    const [model, another] = await asked.models();
    if (another)
      throw new UsageError('The kernels of one network are shown at a time: leave out all but one.');
    const { network, title } = model!;
    if (!hasInvolutions(network))
      throw new UsageError(`The network "${title}" has no involution, so it has no kernels to show.`);
    try {
      placeLayers(network, inputShape, classes);
    } catch (error) {
      throw asked.explained(error);
    }
    return model!;
  }
}

/** Null where the run has no model with involutions: whoever opens it says so. */
function involvingModel(run: ListedRun, wanted: string | undefined): ModelId | null {
  const able = run.manifest.spec.models.filter(({ network }) => hasInvolutions(network)).map(({ id }) => id);
  if (wanted === undefined) return able[0] ?? null;
  const [model] = modelsOfRun(run, [wanted]) as [ModelId];
  if (able.includes(model)) return model;
  const others = able.length > 0 ? ` ${able.join(', ')} can be asked for.` : '';
  throw new UsageError(`The model ${model} has no involutions, so it has no kernels to show.${others}`);
}

/** Null for the last, as a request says it. */
async function epochOf(runFolder: string, model: ModelId, choice: CheckpointChoice): Promise<number | null> {
  if (choice === 'last') return null;
  if (choice !== 'best') return choice;
  const { findCheckpoint } = await import('../node/runs/checkpoints');
  return (await findCheckpoint(runFolder, model, 'best')).epoch;
}
