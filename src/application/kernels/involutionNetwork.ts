import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import type { ImageShape } from '../../core/data/dataset';
import { buildNetwork } from '../../core/network/build';
import { cardOf, expandModels, type ModelCard, type ModelId, type ModelSpec } from '../../core/network/model';
import { hasInvolutions } from '../../core/network/traits';
import { listCheckpoints, loadNetwork } from '../../node/runs/checkpoints';
import { readManifest, readRunName } from '../../node/runs/runFolder';

/** Which network's kernels are asked for. */
export interface NetworkRequest {
  /** Null: a network as it is before any training. */
  readonly runFolder: string | null;
  /** Null: the first of the run's models that has involutions. */
  readonly model: ModelId | null;
  /** Null: the newest checkpoint. 0: before training. */
  readonly epoch: number | null;
}

export interface InvolutionNetwork {
  /** The same for the same weights. */
  readonly key: string;
  load(): Promise<LayersModel>;
  readonly inputShape: ImageShape;
  /** Empty when the network was never meant for any data. */
  readonly classes: readonly string[];
  readonly runName: string;
  readonly model: ModelCard;
  /** All of the run that have involutions. */
  readonly models: readonly ModelCard[];
  readonly epoch: number;
  readonly trained: boolean;
  /** That can be asked for, from 0. */
  readonly epochs: number[];
}

/** With most seeds an involution's one hidden value is off until batch norm has seen data, and every kernel 0. */
const tellingSeed = 14;

const [example] = expandModels(['involution']) as [ModelSpec];

/** What there is before the first run: the example's network. */
const untrained: InvolutionNetwork = {
  key: 'untrained',
  load: async () => buildNetwork(example.network, { seed: tellingSeed }),
  inputShape: [32, 32, 3],
  classes: [],
  runName: '',
  model: cardOf(example),
  models: [cardOf(example)],
  epoch: 0,
  trained: false,
  epochs: [0],
};

/** Finds the network in the run's folder; nothing is loaded yet. */
export async function findInvolutionNetwork({
  runFolder,
  model: wanted,
  epoch,
}: NetworkRequest): Promise<InvolutionNetwork> {
  if (runFolder === null) return untrained;
  const manifest = await readManifest(runFolder);
  const { spec, data } = manifest;
  const runName = await readRunName(runFolder, manifest);
  const models = spec.models.filter(({ network }) => hasInvolutions(network));
  const model = wanted === null ? models[0] : models.find(({ id }) => id === wanted);
  if (!model)
    throw new Error(
      l10n.t(
        'The run "{0}" trained no involution network, so it has no kernels to show. Choose another run.',
        runName,
      ),
    );
  const checkpoints = await listCheckpoints(runFolder, model.id);
  const complete = checkpoints.filter(({ batch }) => batch === 0);
  const epochs = [...new Set([0, ...complete.map((checkpoint) => checkpoint.epoch)])];
  const common = {
    inputShape: data.imageShape,
    classes: data.classes,
    runName,
    epochs,
    model: cardOf(model),
    models: models.map(cardOf),
  };

  const chosen =
    epoch === null ? checkpoints.at(-1) : complete.find((checkpoint) => checkpoint.epoch === epoch);
  if (chosen)
    return {
      ...common,
      key: chosen.folder,
      load: () => loadNetwork(chosen),
      epoch: chosen.epoch,
      trained: chosen.epoch > 0 || chosen.batch > 0,
    };
  if (epoch !== null && epoch !== 0)
    throw new Error(`The run "${runName}" has no checkpoint of epoch ${epoch}. It has ${epochs.join(', ')}.`);
  const options = { inputShape: data.imageShape, classes: data.classes.length, seed: spec.seed };
  return {
    ...common,
    key: `${runFolder} ${model.id} untrained`,
    load: async () => buildNetwork(model.network, options),
    epoch: 0,
    trained: false,
  };
}
