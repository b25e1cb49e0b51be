import * as v from 'valibot';
import { imageSizeLimit } from '../core/data/kinds/folder';
import type { Counterpart } from '../core/kernels/fixedStencil';
import type { KernelDetail } from '../core/kernels/kernelDetail';
import type { KernelMap } from '../core/kernels/kernelMap';
import type { KernelSession } from '../core/kernels/session';
import { ModelId, ModelSpec } from '../core/network/model';
import { NetworkSpec } from '../core/network/network';
import type { Picture } from '../core/picture';
import type { EngineReport } from '../core/runs/engineReport';
import { exportFormatNames } from '../core/runs/exportFormats';
import { engineNames, type RunSpecInput } from '../core/runs/spec';
import type { TrainingState } from '../core/runs/trainingState';
import { type FunctionsOf, type HearersOf, takes, told, toldAndAwaited } from './calls';
import { group, index, indices, name, path, statistic } from './schemas';
import type { DataPreview, NetworkSummary, Progress, RunEvaluation } from './worker';

const task = name;
const session = name;
const layer = name;
const model = ModelId;
const runFolder = path;
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(imageSizeLimit));
const channels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4));
const classes = v.pipe(index, v.maxValue(10_000));
const data = v.strictObject({ folder: v.nullable(path), anyway: v.boolean() });
/** A layer's schema is found by its kind, so that the type of what it takes is wider than what fits. */
const network = NetworkSpec as unknown as v.GenericSchema<NetworkSpec>;
const modelSpec = ModelSpec as unknown as v.GenericSchema<ModelSpec>;
/** Its own errors say what is wrong with a spec. */
const spec = v.custom<RunSpecInput>((value) => typeof value === 'object' && value !== null, 'not a spec');

/**
 * Host → worker, over the fork's IPC channel (structured clone, typed arrays as they are), spoken with birpc. It checks
 * what webviews and run folders say; a fault of the host's own ends here, in words.
 * Long calls take a `task` id chosen by the caller: progress is reported under it and `cancel(task)` ends it.
 * The worker writes runs to their folders; the host reads charts from those folders, never from these calls.
 * When the channel closes the worker saves and exits.
 */
export const workerCalls = {
  engines: takes().answers<EngineReport[]>(),
  /** Creates the run folder (in a folder of runs) and returns its path; training then goes on by itself. Rejects while another run trains. */
  train: takes(spec, path).answersInTheEnd<string>(),
  /**
   * Something like this will be trained soon: its engine starts, and data that are made here are. A training that is
   * another after all costs no more than without. Never rejects: what is wrong, `train` says.
   */
  getReady: takes(spec).answersInTheEnd(),
  /** With the folder where its images are now, and the engine that it goes on on; null: as they were. */
  resume: takes(runFolder, v.nullable(path), v.nullable(v.picklist(engineNames))).answersInTheEnd(),
  /** These take effect at the next step; `stop` resolves when the checkpoint is on disk. */
  pause: takes().answers(),
  continue: takes().answers(),
  stop: takes().answersInTheEnd(),

  /** Of a network for images of this shape and this many classes. */
  summary: takes(network, v.tuple([pixels, pixels, channels]), classes).answers<NetworkSummary>(),
  /** Of the data that the run was trained on, split as it was there. */
  dataPreview: takes(runFolder, data, task).answersInTheEnd<DataPreview>(),
  evaluate: takes(runFolder, model, data, task).answersInTheEnd<RunEvaluation>(),
  /** Validation images by index, as RGBA. */
  validationImages: takes(runFolder, indices, data).answersInTheEnd<Picture[]>(),

  openKernels: takes(
    v.strictObject({
      image: v.union([v.strictObject({ file: path }), v.strictObject({ validationIndex: index, data })]),
      source: v.union([
        v.strictObject({ runFolder, model: v.nullable(model), epoch: v.nullable(index) }),
        v.strictObject({ untrained: v.nullable(modelSpec), seed: v.nullable(index) }),
      ]),
      resolution: v.picklist(['fit', 'native']),
    }),
    task,
  ).answersInTheEnd<KernelSession>(),
  /** A statistic that is not the layer's own makes the kernels again. */
  kernelMap: takes(session, layer, group, statistic).answersInTheEnd<KernelMap>(),
  /** Row, then column. */
  kernelAt: takes(session, layer, index, index).answers<KernelDetail>(),
  /** All kernels of a row, from left to right. */
  kernelRow: takes(session, layer, index).answers<Float32Array>(),
  /** The stencils of one filter, by its number, of what stands in the layer's place in a convolution of the run. */
  counterpart: takes(session, layer, index).answersInTheEnd<Counterpart | null>(),
  closeKernels: takes(session).answers(),

  /** A TensorFlow of this machine that the engine can be linked to, if there is one. */
  installedTensorFlow: takes().answers<{ folder: string; version: string } | null>(),
  downloadCifar10: takes(task).answersInTheEnd<string>(),
  installTensorFlow: takes(
    v.strictObject({ gpu: v.boolean(), libtensorflow: v.exactOptional(path) }),
    task,
  ).answersInTheEnd<string>(),
  /**
   * To a target path. Last: whether what is there may be lost, where it is no earlier export of the model; otherwise that is an
   * error. Returns the paths of what was written.
   */
  exportModel: takes(runFolder, model, v.picklist(exportFormatNames), path, v.boolean()).answersInTheEnd<
    string[]
  >(),

  cancel: takes(task).answers(),
};
export type WorkerFunctions = FunctionsOf<typeof workerCalls>;

/** What the worker tells the host. */
export const workerNews = {
  trainingState: told<[state: TrainingState]>(),
  /** Which run a training belongs to. The worker trains once this is answered: by then the host has noted the run down. */
  runOpened: toldAndAwaited<[runFolder: string]>(),
  progress: told<[task: string, progress: Progress]>(),
  log: told<[level: 'info' | 'warn' | 'error', line: string]>(),
};
export type WorkerNews = HearersOf<typeof workerNews>;
