/**
 * Names inside a run folder:
 *
 *   run.json  label.json  events.jsonl  lock
 *   <model>/epoch-0007/            {model.json, weights.bin, optimizer.bin, cursor.json}
 *   <model>/epoch-0007-batch-12/   the same within epoch 8, until a later one replaces it
 */
export const runFiles = {
  /** `RunManifest`; never changed. */
  manifest: 'run.json',
  /** The name a person gave it: `RunLabel`. */
  label: 'label.json',
  /** `RunEvent`s, one per line. */
  events: 'events.jsonl',
  /** Held by the process that trains. */
  lock: 'lock',
} as const;

export const checkpointFiles = {
  /** Topology and weights, in the stock TF.js layers format. */
  topology: 'model.json',
  weights: 'weights.bin',
  /** The optimizer's slots, one after the other (Adam's: m, then v): little-endian float32. Only where training can go on from. */
  optimizer: 'optimizer.bin',
  /** `CheckpointRecord`. */
  cursor: 'cursor.json',
} as const;

/** Epochs finished, and batches done of the next. */
export interface CheckpointPosition {
  readonly epoch: number;
  readonly batch: number;
}

export function checkpointName({ epoch, batch }: CheckpointPosition): string {
  const name = `epoch-${String(epoch).padStart(4, '0')}`;
  return batch === 0 ? name : `${name}-batch-${batch}`;
}

/** Null for anything that is not a checkpoint: a temporary folder, somebody's own file. */
export function parseCheckpointName(name: string): CheckpointPosition | null {
  const [, epoch, batch = '0'] = /^epoch-(\d{4,})(?:-batch-(\d+))?$/.exec(name) ?? [];
  return epoch === undefined ? null : { epoch: Number(epoch), batch: Number(batch) };
}

/** Earlier first. */
export function comparePositions(a: CheckpointPosition, b: CheckpointPosition): number {
  return a.epoch - b.epoch || a.batch - b.batch;
}
