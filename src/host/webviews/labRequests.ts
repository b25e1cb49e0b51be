import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { ModelId } from '../../core/network/model';
import { type LabHost, type LabSubject, labSections, subjectLimits } from '../../protocol/lab';
import type { ArgumentSchemas } from '../../protocol/requests';
import { runId } from './runId';

const imageFile = v.pipe(v.string(), v.maxLength(4096), v.check(isAbsolute, 'not an absolute path'));
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Bytes that are saved: a figure of some thousand pixels each way. */
const mostSavedBytes = 1 << 29;
const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));
const section = v.picklist(labSections);
const nothing = v.strictTuple([]);
const oneRun = v.strictTuple([runId]);

const runs = v.pipe(v.array(runId), v.maxLength(subjectLimits.runs));
const Subject = v.object({
  runs,
  section,
  images: v.pipe(v.array(imageFile), v.maxLength(subjectLimits.images)),
});

/** As much of a subject as a panel takes. */
export function withinLimits(subject: LabSubject): LabSubject {
  return {
    ...subject,
    runs: subject.runs.slice(0, subjectLimits.runs),
    images: subject.images.slice(0, subjectLimits.images),
  };
}

/** A persisted panel state as a subject, cut to what a panel takes now; null when it isn't one. */
export function parseSubject(state: unknown): LabSubject | null {
  const { runs, images } = (state ?? {}) as Partial<LabSubject>;
  if (!Array.isArray(runs) || !Array.isArray(images)) return null;
  const result = v.safeParse(Subject, withinLimits(state as LabSubject));
  return result.success ? result.output : null;
}

export const labRequests: ArgumentSchemas<LabHost> = {
  ready: nothing,
  series: v.strictTuple([
    v.object({
      runs,
      metric: v.picklist(['loss', 'accuracy']),
      axis: v.picklist(['batch', 'epoch']),
      from: v.nullable(v.pipe(v.number(), v.finite())),
      to: v.nullable(v.pipe(v.number(), v.finite())),
      width: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000))),
      smoothing: v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)),
    }),
  ]),
  summaries: oneRun,
  evaluation: v.strictTuple([runId, ModelId]),
  validationImages: v.strictTuple([runId, v.pipe(v.array(index), v.maxLength(1000))]),
  dataPreview: oneRun,
  chooseDataFolder: oneRun,
  useDataAnyway: oneRun,
  openKernels: v.strictTuple([
    v.union([v.strictObject({ file: imageFile }), v.strictObject({ validationIndex: index })]),
    v.nullable(runId),
    v.nullable(ModelId),
    v.nullable(index),
    v.picklist(['fit', 'native']),
  ]),
  kernelMap: v.strictTuple([name, name, v.union([index, v.literal('all')])]),
  kernelAt: v.strictTuple([name, name, index, index]),
  closeKernels: v.strictTuple([name]),
  pickImages: nothing,
  cancel: v.strictTuple([section]),
  setRuns: v.strictTuple([runs]),
  remember: v.strictTuple([Subject]),
  trainFirst: nothing,
  resume: oneRun,
  exportModel: oneRun,
  save: v.strictTuple([
    v.pipe(
      name,
      v.check((file) => !/[/\\\0]/.test(file), 'not a plain file name'),
    ),
    v.pipe(
      v.instance(Uint8Array),
      v.check(({ byteLength }) => byteLength <= mostSavedBytes, 'too much for one file'),
    ),
  ]),
  copy: v.strictTuple([v.pipe(v.string(), v.maxLength(10_000_000))]),
  showLog: nothing,
};
