import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import type { ImageShape } from '../../core/data/dataset';
import { buildNetwork } from '../../core/network/build';
import { presetNetwork } from '../../core/network/presets/presets';
import { listCheckpoints, loadNetwork } from '../runs/checkpoints';
import { readManifest, readRunName } from '../runs/runFolder';

/** Which network's kernels are asked for. */
export interface NetworkRequest {
  /** Null: a network as it is before any training. */
  readonly runFolder: string | null;
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
  readonly epoch: number;
  readonly trained: boolean;
  /** That can be asked for, from 0. */
  readonly epochs: number[];
}

/** With most seeds an involution's one hidden value is off until batch norm has seen data, and every kernel 0. */
const tellingSeed = 14;

/** What there is before the first run: the example's network. */
const untrained: InvolutionNetwork = {
  key: 'untrained',
  load: async () => buildNetwork(presetNetwork('involution'), { seed: tellingSeed }),
  inputShape: [32, 32, 3],
  classes: [],
  runName: '',
  epoch: 0,
  trained: false,
  epochs: [0],
};

/** Finds the network in the run's folder; nothing is loaded yet. */
export async function findInvolutionNetwork({
  runFolder,
  epoch,
}: NetworkRequest): Promise<InvolutionNetwork> {
  if (runFolder === null) return untrained;
  const manifest = await readManifest(runFolder);
  const { spec, data } = manifest;
  const runName = await readRunName(runFolder, manifest);
  if (!spec.models.includes('involution'))
    throw new Error(
      l10n.t(
        'The run "{0}" trained no involution network, so it has no kernels to show. Choose another run.',
        runName,
      ),
    );
  const checkpoints = await listCheckpoints(runFolder, 'involution');
  const complete = checkpoints.filter(({ batch }) => batch === 0);
  const epochs = [...new Set([0, ...complete.map((checkpoint) => checkpoint.epoch)])];
  const common = { inputShape: data.imageShape, classes: data.classes, runName, epochs };

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
    key: `${runFolder} untrained`,
    load: async () => buildNetwork(presetNetwork('involution'), options),
    epoch: 0,
    trained: false,
  };
}
