import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
// Registers the layer, without which its networks can't be loaded.
import '../../core/involution/layer';
import {
  type CheckpointPosition,
  checkpointFiles,
  checkpointName,
  comparePositions,
  parseCheckpointName,
} from '../../core/runs/layout';
import { type ModelName, modelNames } from '../../core/runs/spec';
import type { AdamMoments } from '../../core/training/adam';
import { Cursor } from '../../core/training/cursor';
import type { Checkpoint } from '../../core/training/trainee';
import { isMissing, syncFolder, writeDurably } from './durable';
import { modelArtifacts, modelFiles, modelFolder } from './modelFiles';

/** `cursor.json`: written last, it vouches for the other files. */
const CheckpointRecord = v.object({
  schemaVersion: v.literal(1),
  model: v.picklist(modelNames),
  cursor: Cursor,
  /** By file name, in hex. */
  sha256: v.record(v.string(), v.string()),
});

/** Training goes on from the newest; the one before it is there in case that one is damaged. */
const resumableCheckpoints = 2;

/** A checkpoint on disk. */
export interface StoredCheckpoint extends CheckpointPosition {
  readonly folder: string;
}

/** A checkpoint that can't be used, and why. */
export class CheckpointError extends Error {}

/**
 * Writes a checkpoint: into a temporary folder, which becomes visible under its name when all is on the disk. Of older
 * ones the network stays as the history of its epoch; what only a resume needs goes.
 * @param assertHeld throws when the run is no longer this process's to write to.
 */
export async function writeCheckpoint(
  runFolder: string,
  checkpoint: Checkpoint,
  assertHeld: () => void = () => {},
): Promise<void> {
  const parent = join(runFolder, checkpoint.model);
  const name = checkpointName(checkpoint.cursor);
  // No step was made since: paused twice within one validation, say.
  if (existsSync(join(parent, name))) return;
  const temporary = join(parent, `.${name}-${randomUUID()}`);
  assertHeld();
  // Not above the model's folder: a run folder that was moved away is not made again.
  await mkdir(parent).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await mkdir(temporary);
  const { topology, weights } = modelFiles(checkpoint.network);
  const { m, v: squares } = checkpoint.moments;
  const files: Record<string, string | Uint8Array> = {
    [checkpointFiles.topology]: topology,
    [checkpointFiles.weights]: weights,
    [checkpointFiles.optimizer]: Buffer.concat([m, squares].map((moment) => bytesOf(moment))),
  };
  const record: v.InferOutput<typeof CheckpointRecord> = {
    schemaVersion: 1,
    model: checkpoint.model,
    cursor: checkpoint.cursor,
    sha256: Object.fromEntries(Object.entries(files).map(([file, content]) => [file, sha256(content)])),
  };
  for (const [file, content] of Object.entries(files)) await writeDurably(join(temporary, file), content);
  await writeDurably(join(temporary, checkpointFiles.cursor), JSON.stringify(record));
  await syncFolder(temporary);
  try {
    assertHeld();
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await rename(temporary, join(parent, name));
  await syncFolder(parent);
  await prune(parent);
}

/** Oldest first. None for a model that has not begun. */
export async function listCheckpoints(runFolder: string, model: ModelName): Promise<StoredCheckpoint[]> {
  const parent = join(runFolder, model);
  const names = await readdir(parent).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const position = parseCheckpointName(name);
      return position ? [{ ...position, folder: join(parent, name) }] : [];
    })
    .sort(comparePositions);
}

/** By epoch (0: before training), the last, or that of the epoch with the highest validation accuracy. */
export type CheckpointChoice = number | 'last' | 'best';

/** Throws an error that says which checkpoints there are. */
export async function findCheckpoint(
  runFolder: string,
  model: ModelName,
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
  const epoch = choice === 'best' ? ((await readRecord(last.folder)).cursor.best?.epoch ?? 0) : choice;
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
export async function readCheckpoint({ folder }: StoredCheckpoint): Promise<Checkpoint> {
  const record = await readRecord(folder);
  const [topology, weights, optimizer] = await Promise.all(
    [checkpointFiles.topology, checkpointFiles.weights, checkpointFiles.optimizer].map((file) =>
      readChecked(folder, file, record.sha256[file]),
    ),
  );
  return {
    model: record.model,
    cursor: record.cursor,
    network: modelArtifacts(topology!.toString('utf8'), weights!),
    moments: momentsOf(optimizer!),
  };
}

/** The network of a checkpoint; the caller disposes of it. */
export async function loadNetwork({ folder }: StoredCheckpoint): Promise<LayersModel> {
  return loadLayersModel(modelFolder(folder));
}

/** A network out of a checkpoint that was read. */
export async function networkOf(checkpoint: Checkpoint): Promise<LayersModel> {
  return loadLayersModel(io.fromMemory(checkpoint.network));
}

/** Removes whatever lies after a position: damaged checkpoints, and those that repeating the steps will write again. */
export async function removeCheckpointsAfter(
  runFolder: string,
  model: ModelName,
  position: CheckpointPosition,
): Promise<void> {
  for (const checkpoint of await listCheckpoints(runFolder, model))
    if (comparePositions(checkpoint, position) > 0) await removeFolder(checkpoint.folder);
}

async function prune(parent: string): Promise<void> {
  const model = basename(parent) as ModelName;
  const older = (await listCheckpoints(dirname(parent), model)).slice(0, -resumableCheckpoints);
  for (const { folder, batch } of older) {
    if (batch > 0) await removeFolder(folder);
    else await rm(join(folder, checkpointFiles.optimizer), { force: true });
  }
}

/** At once for whoever looks at the parent folder. */
async function removeFolder(folder: string): Promise<void> {
  const aside = join(dirname(folder), `.removed-${randomUUID()}`);
  await rename(folder, aside);
  await rm(aside, { recursive: true, force: true });
}

async function readRecord(folder: string): Promise<v.InferOutput<typeof CheckpointRecord>> {
  const path = join(folder, checkpointFiles.cursor);
  try {
    return v.parse(CheckpointRecord, JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new CheckpointError(`${path} is ${isMissing(error) ? 'missing' : 'damaged'}`);
  }
}

async function readChecked(folder: string, file: string, expected: string | undefined): Promise<Buffer> {
  const path = join(folder, file);
  const content = await readFile(path).catch((error: unknown) => {
    throw new CheckpointError(isMissing(error) ? `${path} is missing` : `${path} can't be read: ${error}`);
  });
  if (sha256(content) !== expected) throw new CheckpointError(`${path} is damaged`);
  return content;
}

function momentsOf(bytes: Buffer): AdamMoments {
  const floats = new Float32Array(new Uint8Array(bytes).buffer);
  const half = floats.length / 2;
  return { m: floats.subarray(0, half), v: floats.subarray(half) };
}

const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
