import type { ModelId } from '../../core/network/model';
import {
  type CheckpointPosition,
  checkpointFiles,
  checkpointName,
  comparePositions,
} from '../../core/runs/layout';
import type { Checkpoint } from '../../core/training/trainee';
import { PlainFolder } from '../files/plainFolder';
import { temporaryName } from '../files/temporary';
import {
  bytesOf,
  type CheckpointRecord,
  hashOfCursor,
  listCheckpoints,
  resumableCheckpoints,
  sha256,
} from './checkpoints';
import { modelFiles } from './modelFiles';

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
  const run = new PlainFolder(runFolder);
  const { model } = checkpoint;
  const name = `${model}/${checkpointName(checkpoint.cursor)}`;
  // No step was made since: paused twice within one validation, say.
  if ((await listCheckpoints(runFolder, model)).some((stored) => stored.name === name)) return;
  const temporary = `${model}/${temporaryName()}`;
  try {
    assertHeld();
    await run.makeFolder(temporary);
    for (const [file, content] of Object.entries(contentOf(checkpoint)))
      await run.write(`${temporary}/${file}`, content);
    await run.sync(temporary);
    assertHeld();
    await run.rename(temporary, name);
  } catch (error) {
    await run.remove(temporary).catch(() => {});
    throw error;
  }
  await prune(run, model);
}

/** Removes whatever lies after a position: damaged checkpoints, and those that repeating the steps will write again. */
export async function removeCheckpointsAfter(
  runFolder: string,
  model: ModelId,
  position: CheckpointPosition,
): Promise<void> {
  for (const checkpoint of await listCheckpoints(runFolder, model))
    if (comparePositions(checkpoint, position) > 0) await new PlainFolder(runFolder).remove(checkpoint.name);
}

/** By file name. The record comes last: it vouches for the others. */
function contentOf({ model, cursor, network, slots }: Checkpoint): Record<string, string | Uint8Array> {
  const { topology, weights } = modelFiles(network);
  const files = {
    [checkpointFiles.topology]: topology,
    [checkpointFiles.weights]: weights,
    [checkpointFiles.optimizer]: Buffer.concat(Object.values(slots).map((slot) => bytesOf(slot))),
  };
  const hashes = Object.entries(files).map(([file, content]) => [file, sha256(content)] as const);
  const record: CheckpointRecord = {
    schemaVersion: 1,
    model,
    cursor,
    slots: Object.keys(slots),
    cursorSha256: hashOfCursor(cursor),
    sha256: Object.fromEntries(hashes),
  };
  return { ...files, [checkpointFiles.cursor]: JSON.stringify(record) };
}

async function prune(run: PlainFolder, model: ModelId): Promise<void> {
  const older = (await listCheckpoints(run.path, model)).slice(0, -resumableCheckpoints);
  for (const { name, batch } of older) {
    if (batch > 0) await run.remove(name);
    else await run.remove(`${name}/${checkpointFiles.optimizer}`);
  }
}
