import {
  ones,
  serialization,
  type Tensor,
  type Tensor1D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { movingAverage } from './movingAverage';
import { batchNormalization } from './operator';

export type BatchNormalizationArgs = NonNullable<Parameters<typeof layers.batchNormalization>[0]>;

/** What TF.js's layer has, but keeps from its types. */
interface StockLayer extends layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: LayerVariable;
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/** TF.js gives a maker of the layer, but not its class. */
const StockBatchNormalization = layers.batchNormalization({ name: 'any' }).constructor as Pick<
  typeof layers.Layer,
  'fromConfig'
> &
  (new (
    args?: BatchNormalizationArgs,
  ) => StockLayer);

/**
 * Keras's batch normalisation: TF.js's own layer (its arguments, configuration and weights: gamma, beta, moving mean,
 * moving variance; in files they are each other's) with one kernel for a step in training and one for its gradient.
 * In training it normalises with the batch's statistics, the biased variance, and
 * moving ← moving · momentum + batch's · (1 − momentum). PyTorch's momentum 0.1 is 0.9 here, its ε
 * 1e-5, and its moving variance the unbiased one.
 *
 * As in Keras 3, and unlike TF.js's, a frozen layer (`trainable = false`) normalises with the moving statistics and
 * leaves them alone, in training too; and in training it can be without gamma or beta.
 */
export class BatchNormalization extends StockBatchNormalization {
  static readonly className = 'BatchNormalization';

  override call(inputs: Tensor | Tensor[], args: { training?: boolean } = {}): Tensor | Tensor[] {
    if (!args.training || this.isFrozen) return super.call(inputs, { ...args, training: false });
    return tidy(() => this.normalizeBatch(Array.isArray(inputs) ? inputs[0]! : inputs));
  }

  /** Containers of TF.js freeze their layers' weights, not the layers. */
  private get isFrozen(): boolean {
    const weights = [this.gamma, this.beta].filter((weight) => weight !== undefined);
    return !this.trainable || weights.some((weight) => !weight.trainable);
  }

  private normalizeBatch(x: Tensor): Tensor {
    const last = x.rank - 1;
    const axis = this.axis < 0 ? this.axis + x.rank : this.axis;
    const channels: [number] = [x.shape[axis]!];
    // An exchange of two axes undoes itself.
    const exchange = (t: Tensor) => transpose(t, swapped(x.rank, axis, last));
    const [y, mean, variance] = batchNormalization(
      axis === last ? x : exchange(x),
      (this.gamma?.read() ?? ones(channels)) as Tensor1D,
      (this.beta?.read() ?? zeros(channels)) as Tensor1D,
      this,
    );
    this.move(this.movingMean, mean);
    this.move(this.movingVariance, variance);
    return axis === last ? y : exchange(y);
  }

  private move(statistic: LayerVariable, batch: Tensor): void {
    statistic.write(movingAverage(statistic.read(), batch, this.momentum));
  }
}
serialization.registerClass(BatchNormalization);

/** The axes 0 … rank − 1 with two of them exchanged. */
function swapped(rank: number, a: number, b: number): number[] {
  return Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
}
