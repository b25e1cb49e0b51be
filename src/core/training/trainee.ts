import { io, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ModelId } from '../network/model';
import type { ModelEndEvent } from '../runs/events';
import type { OptimizerSpec } from '../runs/hyperParameters';
import { type Cursor, startCursor } from './cursor';
import { Optimizer, type Slots } from './optimizers/optimizer';

/** All that is needed to train a model on as if nothing had happened. */
export interface Checkpoint {
  readonly model: ModelId;
  readonly cursor: Cursor;
  /** Topology and weights, in the stock TF.js layers format. */
  readonly network: io.ModelArtifacts;
  readonly slots: Slots;
}

/** A model in training. Owns the network and the optimizer: `dispose` it. */
export class Trainee {
  readonly optimizer: Optimizer;
  /** Set when it will train no further. */
  ended: Pick<ModelEndEvent, 'reason' | 'epoch' | 'step'> | null = null;

  constructor(
    readonly model: ModelId,
    readonly network: LayersModel,
    optimizer: OptimizerSpec,
    public cursor: Cursor = startCursor,
    slots?: Slots,
  ) {
    const variables = network.trainableWeights.map((weight) => weight.read() as Variable);
    this.optimizer = new Optimizer(optimizer, variables, slots);
  }

  async snapshot(): Promise<Checkpoint> {
    const { model, cursor } = this;
    const [network, slots] = await Promise.all([artifactsOf(this.network), this.optimizer.slots()]);
    return { model, cursor, network, slots };
  }

  dispose(): void {
    this.optimizer.dispose();
    this.network.dispose();
  }
}

/** A network's topology and a copy of its weights. */
export async function artifactsOf(network: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await network.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  return artifacts!;
}
