import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import type { ImageShape } from '../../core/data/dataset';
import type { NetworkSource } from '../../core/kernels/session';
import { buildNetwork } from '../../core/network/build';
import { cardOf, expandModels, type ModelCard, type ModelSpec } from '../../core/network/model';
import { hasInvolutions } from '../../core/network/traits';
import { listCheckpoints, loadNetwork } from '../../node/runs/checkpoints';
import { readManifest, readRunName } from '../../node/runs/runFolder';

export interface InvolutionNetwork {
  /** The same for the same weights. */
  readonly key: string;
  load(): Promise<LayersModel>;
  readonly inputShape: ImageShape;
  /** Empty when the network was never meant for any data. */
  readonly classes: readonly string[];
  /** Empty for a network of no run. */
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
    throw new Error(
      l10n.t(
        'The run "{0}" has no checkpoint of epoch {1}. It has {2}.',
        ...[runName, epoch, epochs.join(', ')],
      ),
    );
  const options = { inputShape: data.imageShape, classes: data.classes.length, seed: spec.seed };
  return {
    ...common,
    key: `${runFolder} ${model.id} untrained`,
    load: async () => buildNetwork(model.network, options),
    epoch: 0,
    trained: false,
  };
}
