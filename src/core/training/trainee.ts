import { io, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ModelId } from '../network/model';
import type { ModelEndEvent } from '../runs/events';
import { Adam, type AdamMoments } from './adam';
import { type Cursor, startCursor } from './cursor';

/** All that is needed to train a model on as if nothing had happened. */
export interface Checkpoint {
  readonly model: ModelId;
  readonly cursor: Cursor;
  /** Topology and weights, in the stock TF.js layers format. */
  readonly network: io.ModelArtifacts;
  readonly moments: AdamMoments;
}

/** A model in training. Owns the network and the optimizer: `dispose` it. */
export class Trainee {
  readonly adam: Adam;
  /** Set when it will train no further. */
  ended: Pick<ModelEndEvent, 'reason' | 'epoch' | 'step'> | null = null;

  constructor(
    readonly model: ModelId,
    readonly network: LayersModel,
    public cursor: Cursor = startCursor,
    moments?: AdamMoments,
  ) {
    this.adam = new Adam(
      network.trainableWeights.map((weight) => weight.read() as Variable),
      moments,
    );
  }

  async snapshot(): Promise<Checkpoint> {
    const { model, cursor } = this;
    const [network, moments] = await Promise.all([artifactsOf(this.network), this.adam.moments()]);
    return { model, cursor, network, moments };
  }

  dispose(): void {
    this.adam.dispose();
    this.network.dispose();
  }
}

/** A network's topology and a copy of its weights. */
async function artifactsOf(network: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await network.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  return artifacts!;
}
