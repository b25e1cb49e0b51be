import type { ModelCard, ModelId } from '../network/model';
import type { Picture } from '../picture';
import type { DataChoice } from '../runs/dataChoice';
import type { KernelLayer } from './trace';

export interface KernelRequest {
  /** Absolute path of an image file, or an index into the run's validation images. */
  readonly image: { readonly file: string } | { readonly validationIndex: number; readonly data: DataChoice };
  /** Null: untrained kernels from the seed. */
  readonly runFolder: string | null;
  /** Null: the first of the run's models that has involutions. */
  readonly model: ModelId | null;
  /** Null: the latest checkpoint. 0: before training. */
  readonly epoch: number | null;
  readonly resolution: 'fit' | 'native';
}
export interface KernelSession {
  readonly id: string;
  readonly picture: Picture;
  /** Of a validation image; as in `RunEvaluation`. */
  readonly dataChange: string | null;
  readonly trained: boolean;
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
