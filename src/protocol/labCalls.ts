import * as v from 'valibot';
import type { Counterpart } from '../core/kernels/fixedStencil';
import type { KernelDetail } from '../core/kernels/kernelDetail';
import type { KernelMap } from '../core/kernels/kernelMap';
import type { KernelSession } from '../core/kernels/session';
import { ModelId } from '../core/network/model';
import type { Picture } from '../core/picture';
import { type FunctionsOf, type HearersOf, takes, told } from './calls';
import {
  type LabSection,
  type LabState,
  type LabSubject,
  labSections,
  type RunCard,
  type RunModelSummary,
  type SeriesPatch,
  subjectLimits,
  tourSteps,
} from './lab';
import { fileName, group, index, indices, name, path, runId, savedBytes, statistic } from './schemas';
import type { DataPreview, Progress, RunEvaluation } from './worker';

const section = v.picklist(labSections);
const session = name;
const layer = name;
const runs = v.pipe(v.array(runId), v.maxLength(subjectLimits.runs));
const end = v.nullable(v.pipe(v.number(), v.finite()));
/** A `SeriesMark`. */
const mark = v.object({ reading: name, stretch: v.pipe(v.number(), v.finite()), count: index });

export const Subject = v.object({
  runs,
  section,
  images: v.pipe(v.array(path), v.maxLength(subjectLimits.images)),
});

/** Editor panel → host. */
export const labCalls = {
  ready: takes().answers<LabState>(),
  /** A `SeriesRequest`. */
  series: takes(
    v.object({
      runs,
      metrics: v.pipe(v.array(v.picklist(['loss', 'accuracy'])), v.maxLength(2)),
      axis: v.picklist(['batch', 'epoch']),
      from: end,
      to: end,
      width: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000))),
      smoothing: v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)),
      known: v.record(v.string(), mark),
    }),
  ).answers<SeriesPatch[]>(),
  summaries: takes(runId).answersInTheEnd<RunModelSummary[]>(),
  /** Last, here and below: the section that waits, and may cancel. */
  evaluation: takes(runId, ModelId, section).answersInTheEnd<RunEvaluation>(),
  validationImages: takes(runId, indices).answersInTheEnd<Picture[]>(),
  dataPreview: takes(runId).answersInTheEnd<DataPreview>(),
  /** Asks where the run's image folder is now, and looks there from then on; false when the dialog is dismissed. */
  chooseDataFolder: takes(runId).answersInTheEnd<boolean>(),
  /** From now on, while the window is open, the run's images will do as they are. What is shown says so. */
  useDataAnyway: takes(runId).answers(),
  /**
   * An image, then run, model and epoch as in a `NetworkSource`, then the resolution, then the section. Without a run: the
   * network that the training form has.
   */
  openKernels: takes(
    v.union([v.strictObject({ file: path }), v.strictObject({ validationIndex: index })]),
    v.nullable(runId),
    v.nullable(ModelId),
    v.nullable(index),
    v.picklist(['fit', 'native']),
    section,
  ).answersInTheEnd<KernelSession>(),
  kernelMap: takes(session, layer, group, statistic).answersInTheEnd<KernelMap>(),
  /** Row, then column. */
  kernelAt: takes(session, layer, index, index).answers<KernelDetail>(),
  kernelRow: takes(session, layer, index).answers<Float32Array>(),
  /** As the worker's. */
  counterpart: takes(session, layer, index).answersInTheEnd<Counterpart | null>(),
  closeKernels: takes(session).answers(),
  pickImages: takes().answersInTheEnd<string[]>(),
  /** Ends what the given section is waiting for. */
  cancel: takes(section).answers(),
  setRuns: takes(runs).answers<LabState>(),
  remember: takes(Subject).answers(),
  /** The steps of the tour that were answered, kept across windows. */
  rememberLearned: takes(v.pipe(v.array(v.picklist(tourSteps)), v.maxLength(tourSteps.length))).answers(),
  trainFirst: takes().answersInTheEnd(),
  resume: takes(runId).answersInTheEnd(),
  /** Asks for model, format and target, then writes the model's weights. */
  exportModel: takes(runId).answersInTheEnd(),
  /** A save dialog with this name and these bytes; false when dismissed. */
  save: takes(fileName, savedBytes).answersInTheEnd<boolean>(),
  copy: takes(v.pipe(v.string(), v.maxLength(10_000_000))).answers(),
  showLog: takes().answers(),
};
export type LabHost = FunctionsOf<typeof labCalls>;

/** Host → editor panel, only while it is visible. */
export const labNews = {
  /** Something about the shown runs changed: cards are new, and series may have more points. */
  runsChanged: told<[cards: RunCard[]]>(),
  progress: told<[section: LabSection, progress: Progress]>(),
  show: told<[subject: LabSubject]>(),
};
export type LabView = HearersOf<typeof labNews>;
