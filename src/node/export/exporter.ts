import * as v from 'valibot';
import type { RunManifest } from '../../core/runs/manifest';
import type { PlainFolder } from '../files/plainFolder';
import type { StoredCheckpoint } from '../runs/checkpoints';

/** Whose network it is: each format has a place for such notes. */
export const Origin = v.object({ run: v.string(), model: v.string() });
export type Origin = v.InferOutput<typeof Origin>;

export interface Exported {
  readonly checkpoint: StoredCheckpoint;
  readonly origin: Origin;
  readonly manifest: RunManifest;
  /** Where the files will be: made on the first call, once there is nothing to refuse. */
  readonly openFolder: () => Promise<PlainFolder>;
}

/** By their names in the folder: `name`, or what is in a folder of that name, and what goes beside it. */
export type ExportedFiles = Readonly<Record<string, string | Uint8Array>>;

/** A format. */
export interface Exporter {
  readonly files: (exported: Exported, name: string) => Promise<ExportedFiles>;
  /** The file that has the origin in it. */
  readonly noteIn: (name: string) => string;
  /** What may be an `Origin`, out of the content of such a file. Throws, or gives anything, for other files. */
  readonly originIn: (content: Uint8Array) => unknown;
}
