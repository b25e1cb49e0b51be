import * as v from 'valibot';
import { type LabSubject, subjectLimits } from '../../protocol/lab';
import { Subject } from '../../protocol/labCalls';

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
