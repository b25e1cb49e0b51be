import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { networkFrom } from '../../core/network/load';
import { ModelId } from '../../core/network/model';
import {
  type CheckpointPosition,
  checkpointFiles,
  comparePositions,
  parseCheckpointName,
} from '../../core/runs/layout';
import { Cursor } from '../../core/training/cursor';
import type { Slots } from '../../core/training/optimizers/optimizer';
import type { Checkpoint } from '../../core/training/trainee';
import { FileError, isMissing } from '../files/explain';
import { PlainFolder } from '../files/plainFolder';
import { modelArtifacts } from './modelFiles';

/** `cursor.json`: written last, it vouches for the other files. */
const CheckpointRecord = v.object({
  schemaVersion: v.literal(1),
  model: ModelId,
  cursor: Cursor,
  /** What `optimizer.bin` holds, in its order. Earlier versions, which wrote none, had Adam. */
  slots: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.minLength(1), v.maxLength(100)), [
    'm',
    'v',
  ]),
  /** Of `cursor` as JSON, in hex. Earlier versions wrote none. */
  cursorSha256: v.optional(v.string()),
  /** Of the other files by their names, in hex. */
  sha256: v.record(v.string(), v.string()),
});
export type CheckpointRecord = v.InferOutput<typeof CheckpointRecord>;

/** Training goes on from the newest; the one before it is there in case that one is damaged. */
export const resumableCheckpoints = 2;

/** In bytes; beyond it a file is not even read. The largest network that can be trained has far less. */
const largest = { record: 1 << 20, topology: 1 << 24, weights: 2 ** 31 - 1 };

/** A checkpoint on disk. */
export interface StoredCheckpoint extends CheckpointPosition {
  readonly runFolder: string;
  readonly model: ModelId;
  /** Below the run's folder: "involution/epoch-0007". */
  readonly name: string;
  /** The path of it. */
  readonly folder: string;
}

/** A checkpoint that can't be used, and why. */
export class CheckpointError extends Error {}

/** Oldest first. None for a model that has not begun. A link is no checkpoint. */
export async function listCheckpoints(runFolder: string, model: ModelId): Promise<StoredCheckpoint[]> {
  const entries = await new PlainFolder(runFolder).list(model);
  return entries
    .flatMap((entry) => {
      const position = entry.isDirectory() ? parseCheckpointName(entry.name) : null;
      const name = `${model}/${entry.name}`;
      return position ? [{ ...position, runFolder, model, name, folder: join(runFolder, name) }] : [];
    })
    .sort(comparePositions);
}

/** By epoch (0: before training), the last, or that of the epoch with the highest validation accuracy. */
export type CheckpointChoice = number | 'last' | 'best';

/** Throws an error that says which checkpoints there are. */
export async function findCheckpoint(
  runFolder: string,
  model: ModelId,
  choice: CheckpointChoice,
): Promise<StoredCheckpoint> {
  const stored = await listCheckpoints(runFolder, model);
  const last = stored.at(-1);
  if (!last)
    throw new Error(
      l10n.t(
        'The {0} model of {1} has no checkpoint yet. Its first is written soon after it begins; try again then.',
        ...[model, basename(runFolder)],
      ),
    );
  if (choice === 'last') return last;
  const epoch = choice === 'best' ? ((await whole(last, readRecord)).cursor.best?.epoch ?? 0) : choice;
  const found = stored.find((checkpoint) => checkpoint.epoch === epoch && checkpoint.batch === 0);
  if (found) return found;
  const epochs = stored.filter(({ batch }) => batch === 0).map((checkpoint) => checkpoint.epoch);
  throw new Error(
    l10n.t(
      'The {0} model of {1} has no checkpoint of epoch {2}; there are {3}.',
      ...[model, basename(runFolder), epoch, epochs.join(', ')],
    ),
  );
}

/** All of a checkpoint, its files checked against their hashes. Throws `CheckpointError`. */
export async function readCheckpoint(stored: StoredCheckpoint): Promise<Checkpoint> {
  const record = await readRecord(stored);
  const { topology, weights } = await readNetworkFiles(stored, record);
  const optimizer = await readChecked(stored, checkpointFiles.optimizer, record);
  return {
    model: record.model,
    cursor: record.cursor,
    network: modelArtifacts(topology, weights),
    slots: slotsOf(stored, record, optimizer),
  };
}

/** The two files of a checkpoint's network, as they were written: an error names the checkpoints that can be used. */
export const checkedNetworkFiles = (stored: StoredCheckpoint): Promise<NetworkFiles> =>
  whole(stored, readNetworkFiles);

/** The network of a checkpoint; the caller disposes of it. */
export async function loadNetwork(stored: StoredCheckpoint): Promise<LayersModel> {
  const { topology, weights } = await checkedNetworkFiles(stored);
  return networkFrom(modelArtifacts(topology, weights));
}

/** A network out of a checkpoint that was read. */
export async function networkOf(checkpoint: Checkpoint): Promise<LayersModel> {
  return networkFrom(checkpoint.network);
}

/** Whether the network of a checkpoint is as it was written. */
export const isWhole = (stored: StoredCheckpoint): Promise<boolean> =>
  readNetworkFiles(stored).then(
    () => true,
    (error) => {
      if (error instanceof CheckpointError) return false;
      throw error;
    },
  );

/** The epochs whose networks can be used, oldest first. */
export async function wholeEpochs(runFolder: string, model: ModelId): Promise<number[]> {
  const epochs: number[] = [];
  for (const stored of await listCheckpoints(runFolder, model))
    if (stored.batch === 0 && (await isWhole(stored))) epochs.push(stored.epoch);
  return epochs;
}

interface NetworkFiles {
  readonly topology: string;
  readonly weights: Buffer;
}

async function readNetworkFiles(stored: StoredCheckpoint, record?: CheckpointRecord): Promise<NetworkFiles> {
  const vouching = record ?? (await readRecord(stored));
  const [topology, weights] = await Promise.all(
    [checkpointFiles.topology, checkpointFiles.weights].map((file) => readChecked(stored, file, vouching)),
  );
  return { topology: topology!.toString('utf8'), weights: weights! };
}

/** What `read` gives; of a checkpoint that is damaged an error which says what to use in its place. */
async function whole<T>(
  stored: StoredCheckpoint,
  read: (stored: StoredCheckpoint) => Promise<T>,
): Promise<T> {
  try {
    return await read(stored);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    const epochs = await wholeEpochs(stored.runFolder, stored.model);
    const wayOut =
      epochs.length > 0
        ? l10n.t('Choose another checkpoint: those of the epochs {0} are whole.', epochs.join(', '))
        : l10n.t('No checkpoint of this model is whole. Restore the files from a copy, or train again.');
    throw new CheckpointError(`${error.message}. ${wayOut}`);
  }
}

async function readRecord(stored: StoredCheckpoint): Promise<CheckpointRecord> {
  const text = (await readFile(stored, checkpointFiles.cursor, largest.record)).toString('utf8');
  const record = v.safeParse(CheckpointRecord, parsed(text));
  if (record.success) {
    const { cursor, cursorSha256 } = record.output;
    if (cursorSha256 === undefined || cursorSha256 === hashOfCursor(cursor)) return record.output;
  }
  throw new CheckpointError(damaged(stored, checkpointFiles.cursor));
}

async function readChecked(
  stored: StoredCheckpoint,
  file: string,
  { sha256: expected }: CheckpointRecord,
): Promise<Buffer> {
  const maximum = file === checkpointFiles.topology ? largest.topology : largest.weights;
  const content = await readFile(stored, file, maximum);
  if (sha256(content) !== expected[file]) throw new CheckpointError(damaged(stored, file));
  return content;
}

async function readFile(
  { runFolder, name }: StoredCheckpoint,
  file: string,
  maximum: number,
): Promise<Buffer> {
  try {
    return await new PlainFolder(runFolder).read(`${name}/${file}`, maximum);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (isMissing(error)) throw new CheckpointError(l10n.t('{0} is missing', join(runFolder, name, file)));
    throw new CheckpointError(error.problem.replace(/\.$/, ''));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const damaged = ({ folder }: StoredCheckpoint, file: string) => l10n.t('{0} is damaged', join(folder, file));

/** As many floats each. Whether they are as many as the model has parameters, its optimizer checks. */
function slotsOf(stored: StoredCheckpoint, { slots }: CheckpointRecord, bytes: Buffer): Slots {
  const parameters = bytes.length / Float32Array.BYTES_PER_ELEMENT / slots.length;
  if (!Number.isInteger(parameters)) throw new CheckpointError(damaged(stored, checkpointFiles.optimizer));
  const floats = new Float32Array(new Uint8Array(bytes).buffer);
  return Object.fromEntries(
    slots.map((name, i) => [name, floats.subarray(i * parameters, (i + 1) * parameters)]),
  );
}

export const bytesOf = (floats: Float32Array) =>
  new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
/** Of its fields in the order of the schema, whoever put it together. */
export const hashOfCursor = (cursor: Cursor) => sha256(JSON.stringify(v.parse(Cursor, cursor)));
export const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
