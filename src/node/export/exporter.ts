import type { ModelSpec } from '../../core/network/model';
import type { RunManifest } from '../../core/runs/manifest';
import type { PlainFolder } from '../files/plainFolder';
import type { StoredCheckpoint } from '../runs/checkpoints';

export interface Exported {
  readonly checkpoint: StoredCheckpoint;
  readonly model: ModelSpec;
  readonly manifest: RunManifest;
  /** Where the files will be: made on the first call, once there is nothing to refuse. */
  readonly openFolder: () => Promise<PlainFolder>;
}

/** The files of a format, by their names in the folder: `name`, or what is in a folder of that name, and what goes beside it. */
export type Exporter = (
  exported: Exported,
  name: string,
) => Promise<Readonly<Record<string, string | Uint8Array>>>;
