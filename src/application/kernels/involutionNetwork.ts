import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import type { ImageShape } from '../../core/data/dataset';
import type { NetworkSource } from '../../core/kernels/session';
import { buildNetwork } from '../../core/network/build';
import { cardOf, expandModels, type ModelCard, type ModelSpec } from '../../core/network/model';
import { hasFixedKernels, hasInvolutions } from '../../core/network/traits';
import type { RunManifest } from '../../core/runs/manifest';
import { listCheckpoints, loadNetwork, type StoredCheckpoint } from '../../node/runs/checkpoints';
import { readManifest, readRunName } from '../../node/runs/runFolder';

/** The weights of a model at an epoch: not loaded yet. */
export interface NetworkState {
  /** The same for the same weights. */
  readonly key: string;
  load(): Promise<LayersModel>;
  readonly model: ModelCard;
  readonly epoch: number;
}

export interface InvolutionNetwork extends NetworkState {
  readonly inputShape: ImageShape;
  /** Empty when the network was never meant for any data. */
  readonly classes: readonly string[];
  /** Empty for a network of no run. */
  readonly runName: string;
  /** All of the run that have involutions. */
  readonly models: readonly ModelCard[];
  readonly trained: boolean;
  /** That can be asked for, from 0. */
  readonly epochs: number[];
  /** A model of the same run that has the same kernels at every position, at the same epoch or else its latest. */
  counterpart(): Promise<NetworkState | null>;
}

/** With most seeds an involution's one hidden value is off until batch norm has seen data, and every kernel 0. */
const tellingSeed = 14;

const [example] = expandModels(['involution']) as [ModelSpec];

/** Finds out which network is meant; nothing is loaded yet. */
export async function findInvolutionNetwork(source: NetworkSource): Promise<InvolutionNetwork> {
  return 'untrained' in source ? untrainedNetwork(source) : networkOfRun(source);
}

/** What can be looked at before there is a run. */
function untrainedNetwork({
  untrained,
  seed,
}: Extract<NetworkSource, { untrained: unknown }>): InvolutionNetwork {
  const model = untrained ?? example;
  const { network, title } = model;
  if (!hasInvolutions(network))
    throw new Error(l10n.t('The network "{0}" has no involution, so it has no kernels to show.', title));
  const inputShape: ImageShape = [32, 32, 3];
  const options = { inputShape, seed: seed ?? tellingSeed };
  return {
    key: `untrained ${options.seed} ${JSON.stringify(network)}`,
    load: async () => buildNetwork(network, options),
    inputShape,
    classes: [],
    runName: '',
    model: cardOf(model),
    models: [cardOf(model)],
    epoch: 0,
    trained: false,
    epochs: [0],
    counterpart: async () => null,
  };
}

async function networkOfRun({
  runFolder,
  model: wanted,
  epoch,
}: Extract<NetworkSource, { runFolder: string }>): Promise<InvolutionNetwork> {
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
  const state = await stateOf(runFolder, manifest, model, epoch);
  if (!state) {
    const epochs = await epochsOf(runFolder, model);
    throw new Error(
      l10n.t(
        'The run "{0}" has no checkpoint of epoch {1}. It has {2}.',
        ...[runName, epoch!, epochs.join(', ')],
      ),
    );
  }
  return {
    ...state,
    inputShape: data.imageShape,
    classes: data.classes,
    runName,
    epochs: await epochsOf(runFolder, model),
    models: models.map(cardOf),
    async counterpart() {
      const others = spec.models.filter(({ id, network }) => id !== model.id && hasFixedKernels(network));
      // A convolution before what is one by another name.
      const other = others.find(({ network }) => !hasInvolutions(network)) ?? others[0];
      if (!other) return null;
      return (
        (await stateOf(runFolder, manifest, other, state.epoch)) ?? stateOf(runFolder, manifest, other, null)
      );
    },
  };
}

const endsEpoch = ({ batch }: StoredCheckpoint) => batch === 0;

/** Before training, and after each epoch that there is a checkpoint of. */
async function epochsOf(runFolder: string, { id }: ModelSpec): Promise<number[]> {
  const checkpoints = await listCheckpoints(runFolder, id);
  return [...new Set([0, ...checkpoints.filter(endsEpoch).map(({ epoch }) => epoch)])];
}

/** A run's model at an epoch, or at its latest checkpoint (epoch null); null where there is none of that epoch. */
async function stateOf(
  runFolder: string,
  { spec, data }: RunManifest,
  model: ModelSpec,
  epoch: number | null,
): Promise<(NetworkState & { readonly trained: boolean }) | null> {
  const checkpoints = await listCheckpoints(runFolder, model.id);
  const chosen =
    epoch === null
      ? checkpoints.at(-1)
      : checkpoints.find((checkpoint) => endsEpoch(checkpoint) && checkpoint.epoch === epoch);
  if (chosen)
    return {
      key: chosen.folder,
      load: () => loadNetwork(chosen),
      model: cardOf(model),
      epoch: chosen.epoch,
      trained: chosen.epoch > 0 || chosen.batch > 0,
    };
  if (epoch !== null && epoch !== 0) return null;
  const options = { inputShape: data.imageShape, classes: data.classes.length, seed: spec.seed };
  return {
    key: `${runFolder} ${model.id} untrained`,
    load: async () => buildNetwork(model.network, options),
    model: cardOf(model),
    epoch: 0,
    trained: false,
  };
}
