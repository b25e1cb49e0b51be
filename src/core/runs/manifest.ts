import * as v from 'valibot';
import { imageSizeLimit } from '../data/kinds/folder';
import { engineNames, RunSpec } from './spec';

/** Version 1 named the example's two models; since 2 the networks themselves are in the spec. */
export const runSchemaVersion = 2;

/**
 * A run folder may have come with somebody else's repository: what is read from one has the bounds of what could have
 * been trained, so that nobody who sizes memory by it, or shows it, is harmed.
 */
const text = v.pipe(v.string(), v.maxLength(10_000));
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(imageSizeLimit));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Labels are bytes. */
const classesLimit = 256;

/** `run.json`: written once when a run begins, never changed. */
export const RunManifest = v.object({
  schemaVersion: v.pipe(
    v.picklist([1, runSchemaVersion]),
    v.transform(() => runSchemaVersion),
  ),
  id: v.pipe(text, v.nonEmpty()),
  /** ISO 8601. */
  created: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.check((date) => !Number.isNaN(Date.parse(date)), 'no date'),
  ),
  /** Complete: every default filled in. */
  spec: RunSpec,
  data: v.object({
    name: text,
    classes: v.pipe(v.array(text), v.maxLength(classesLimit)),
    /** Height, width, channels. */
    imageShape: v.tuple([pixels, pixels, v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4))]),
    trainCount: count,
    validationCount: count,
    /** SHA-256 of pixels and labels: a resume on other data is refused. */
    fingerprint: text,
  }),
  engine: v.object({
    name: v.picklist(engineNames),
    /** For people: "AMD EPYC · SIMD · 2 threads". */
    device: text,
    version: text,
    /** Why this engine: "no GPU found", "chosen in the settings". */
    reason: text,
    /** "with fused multiply–add": on other arithmetic the last bits differ. Absent where engines of a name are alike. */
    arithmetic: v.optional(text),
  }),
  versions: v.record(text, text),
});
export type RunManifest = v.InferOutput<typeof RunManifest>;
