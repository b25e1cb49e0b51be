import type { ModelCard, ModelId, ModelSpec } from '../network/model';
import type { Picture } from '../picture';
import type { DataChoice } from '../runs/dataChoice';
import type { KernelLayer } from './kernelLayer';

/** Whose kernels are asked for: a network of a run, or one as it is before any training. */
export type NetworkSource =
  | {
      readonly runFolder: string;
      /** Null: the first of the run's models that has involutions. */
      readonly model: ModelId | null;
      /** Null: the newest checkpoint. 0: before training. */
      readonly epoch: number | null;
    }
  | {
      /** Null: the Keras example's. */
      readonly untrained: ModelSpec | null;
      /** Of its weights. Null: one that the example's kernels show something with. */
      readonly seed: number | null;
    };

export interface KernelRequest {
  /** Absolute path of an image file, or an index into the run's validation images. */
  readonly image: { readonly file: string } | { readonly validationIndex: number; readonly data: DataChoice };
  readonly source: NetworkSource;
  readonly resolution: 'fit' | 'native';
}
export interface KernelSession {
  readonly id: string;
  readonly picture: Picture;
  /** Of a validation image; as in `RunEvaluation`. */
  readonly dataChange: string | null;
  readonly trained: boolean;
  /** Empty for a network of no run. */
  readonly runName: string;
  /** Whose kernels these are, and the others of the run that have some. */
  readonly model: ModelCard;
  readonly models: readonly ModelCard[];
  readonly epoch: number;
  /** Epochs for which a checkpoint exists. */
  readonly epochs: number[];
  readonly layers: KernelLayer[];
  /** Class probabilities ('fit' only), most likely first. */
  readonly prediction: { name: string; probability: number }[];
}
