import type { ModelCard, ModelId } from '../network/model';
import type { TrainingPhase } from './lifecycle';
import type { EngineName } from './spec';

/** Null until known. */
export interface LatestMetrics {
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
}

/** How far a run is, and how fast. */
export interface TrainingPosition {
  /** The model whose turn it is. */
  readonly model: ModelId | null;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  /** Of the whole run, all models. */
  readonly fraction: number;
  readonly imagesPerSecond: number;
  /** Null until each model's speed is known. */
  readonly secondsLeft: number | null;
  readonly metrics: Readonly<Record<ModelId, LatestMetrics>>;
}

/** Sent on every change of state and at most ten times a second while training. */
export interface TrainingState extends TrainingPosition {
  readonly runFolder: string | null;
  readonly state: TrainingPhase;
  /** Of the run, in the order of their colours. */
  readonly models: readonly ModelCard[];
  readonly engine: { readonly name: EngineName; readonly device: string; readonly reason: string } | null;
  readonly tensors: number;
  readonly tensorBytes: number;
  /** The error, when failed; what is going on ("Downloading CIFAR-10: 34 %"), when preparing. */
  readonly message: string;
}

export const idleTraining: TrainingState = {
  runFolder: null,
  state: 'idle',
  models: [],
  model: null,
  epoch: 0,
  epochs: 0,
  batch: 0,
  batches: 0,
  fraction: 0,
  imagesPerSecond: 0,
  secondsLeft: null,
  engine: null,
  tensors: 0,
  tensorBytes: 0,
  metrics: {},
  message: '',
};
