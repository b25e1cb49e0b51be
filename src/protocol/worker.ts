import type { ImageShape } from '../core/data/dataset';
import type { CheckpointEvaluation } from '../core/evaluation/evaluation';
import type { KernelMap } from '../core/kernels/kernelMap';
import type { KernelDetail, KernelLayer } from '../core/kernels/trace';
import type { ModelCard, ModelId } from '../core/network/model';
import type { NetworkSpec } from '../core/network/network';
import type { ModelSummary } from '../core/network/summary';
import type { EngineName, RunSpecInput } from '../core/runs/spec';
import type { EngineReport } from '../engines/engine';

/**
 * Host ↔ worker, over the fork's IPC channel (structured clone, typed arrays as they are), spoken with birpc.
 * Long calls take a `task` id chosen by the caller: progress is reported under it and `cancel(task)` ends it.
 * The worker writes runs to their folders; the host reads charts from those folders, never from these calls.
 * When the channel closes the worker saves and exits.
 */
export interface WorkerFunctions {
  engines(): Promise<EngineReport[]>;
  /** Creates the run folder and returns its path; training then goes on by itself. Rejects while another run trains. */
  train(spec: RunSpecInput, runsFolder: string): Promise<string>;
  resume(runFolder: string): Promise<void>;
  /** Take effect at the next step; `stop` resolves when the checkpoint is on disk. */
  pause(): Promise<void>;
  continue(): Promise<void>;
  stop(): Promise<void>;

  /** Of a network for images of this shape and this many classes. */
  summary(network: NetworkSpec, imageShape: ImageShape, classes: number): Promise<NetworkSummary>;
  /** Of the data that the run was trained on, split as it was there. */
  dataPreview(runFolder: string, data: DataChoice, task: string): Promise<DataPreview>;
  evaluate(runFolder: string, model: ModelId, data: DataChoice, task: string): Promise<RunEvaluation>;
  /** Validation images by index, as RGBA. */
  validationImages(runFolder: string, indices: number[], data: DataChoice): Promise<Picture[]>;

  openKernels(request: KernelRequest, task: string): Promise<KernelSession>;
  kernelMap(session: string, layer: string, group: number | 'all'): Promise<KernelMap>;
  kernelAt(session: string, layer: string, row: number, column: number): Promise<KernelDetail>;
  closeKernels(session: string): Promise<void>;

  downloadCifar10(task: string): Promise<string>;
  installTensorFlow(options: { gpu: boolean; libtensorflow?: string }, task: string): Promise<string>;
  /** Returns the paths of what was written. */
  exportModel(runFolder: string, model: ModelId, format: ExportFormat, target: string): Promise<string[]>;

  cancel(task: string): Promise<void>;
}

/** Set in the worker's environment in a workspace that is not trusted: nothing is downloaded there. */
export const restrictedVariable = 'INVOLUTION_LAB_RESTRICTED';

/** What the worker tells the host unasked. */
export interface WorkerEvents {
  trainingState(state: TrainingState): void;
  /** Which run a training belongs to. The worker trains once this is answered: by then the host has noted the run down. */
  runOpened(runFolder: string): Promise<void>;
  progress(task: string, progress: Progress): void;
  log(level: 'info' | 'warn' | 'error', line: string): void;
}

export interface Progress {
  readonly message: string;
  /** 0…1, or null when the end is not known. */
  readonly fraction: number | null;
}

/** Sent on every change of state and at most ten times a second while training. */
export interface TrainingState {
  readonly runFolder: string | null;
  readonly state: 'idle' | 'preparing' | 'training' | 'paused' | 'saving' | 'done' | 'stopped' | 'failed';
  /** Of the run, in the order of their colours. */
  readonly models: readonly ModelCard[];
  readonly model: ModelId | null;
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  /** Of the whole run, all models. */
  readonly fraction: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number | null;
  readonly engine: { readonly name: EngineName; readonly device: string; readonly reason: string } | null;
  readonly tensors: number;
  readonly tensorBytes: number;
  /** Latest per model; null until known. */
  readonly metrics: Readonly<Record<ModelId, LatestMetrics>>;
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

export interface LatestMetrics {
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
}

/** Where a run's data is, and what will do for it. */
export interface DataChoice {
  /** Where its image folder is now; null: where it was. */
  readonly folder: string | null;
  /** Other images will do, as long as the classes are the same ones. */
  readonly anyway: boolean;
}
/** What helps when a run's data is refused: another folder, or to use it as it is. The error's `ways` name them. */
export const dataWays = ['folder', 'anyway'] as const;
export type DataWay = (typeof dataWays)[number];

export interface RunEvaluation extends CheckpointEvaluation {
  /** What has changed of the images since the run began, for people; null for the very same ones. */
  readonly dataChange: string | null;
}

export interface NetworkSummary extends ModelSummary {
  /** Keras's table, as text. */
  readonly text: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** width · height · 4 bytes. */
  readonly rgba: Uint8Array;
  readonly caption: string;
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
export type ExportFormat = 'tfjs' | 'keras' | 'safetensors';
