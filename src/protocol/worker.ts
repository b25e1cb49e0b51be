import type { CheckpointEvaluation } from '../core/evaluation/evaluation';
import type { ModelSummary } from '../core/network/summary';
import type { Picture } from '../core/picture';

/** Set in the worker's environment in a workspace that is not trusted: nothing is downloaded there. */
export const restrictedVariable = 'INVOLUTION_LAB_RESTRICTED';

export interface Progress {
  readonly message: string;
  /** 0…1, or null when the end is not known. */
  readonly fraction: number | null;
}

export interface RunEvaluation extends CheckpointEvaluation {
  /** What has changed of the images since the run began, for people; null for the very same ones. */
  readonly dataChange: string | null;
}

export interface NetworkSummary extends ModelSummary {
  /** Keras's table, as text. */
  readonly text: string;
}

export interface DataPreview {
  readonly source: string;
  /** As in `RunEvaluation`. */
  readonly dataChange: string | null;
  readonly classes: string[];
  readonly trainCounts: number[];
  readonly validationCounts: number[];
  /** The example's 5×5 grid. */
  readonly pictures: Picture[];
  readonly skipped: { path: string; reason: string }[];
}
