import * as v from 'valibot';
import { engineNames, RunSpec } from './spec';

export const runSchemaVersion = 1;

/** `run.json`: written once when a run begins, never changed. */
export const RunManifest = v.object({
  schemaVersion: v.literal(runSchemaVersion),
  id: v.pipe(v.string(), v.nonEmpty()),
  /** ISO 8601. */
  created: v.string(),
  /** Complete: every default filled in. */
  spec: RunSpec,
  data: v.object({
    name: v.string(),
    classes: v.array(v.string()),
    /** Height, width, channels. */
    imageShape: v.tuple([v.number(), v.number(), v.number()]),
    trainCount: v.number(),
    validationCount: v.number(),
    /** SHA-256 of pixels and labels: a resume on other data is refused. */
    fingerprint: v.string(),
  }),
  engine: v.object({
    name: v.picklist(engineNames),
    /** For people: "AMD EPYC · SIMD · 2 threads". */
    device: v.string(),
    version: v.string(),
    /** Why this engine: "no GPU found", "chosen in the settings". */
    reason: v.string(),
  }),
  versions: v.record(v.string(), v.string()),
});
export type RunManifest = v.InferOutput<typeof RunManifest>;
