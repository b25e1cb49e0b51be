import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelId } from '../../../src/core/network/model';
import type { RunEvent } from '../../../src/core/runs/events';
import { isTemporary } from '../../../src/node/files/temporary';
import { listCheckpoints, readCheckpoint, type StoredCheckpoint } from '../../../src/node/runs/checkpoints';
import { EventTail } from '../../../src/node/runs/eventTail';
import { readManifest } from '../../../src/node/runs/runFolder';

/** The run folders of a folder, complete or not; none that is still being made. */
export async function runsIn(runsFolder: string): Promise<string[]> {
  const names = await readdir(runsFolder).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).map((name) => join(runsFolder, name));
}

/** Temporary files and folders, and locks, anywhere below a folder. */
export async function leftovers(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true });
  return paths.filter((path) => isTemporary(basename(path)) || /^lock/.test(basename(path)));
}

/** All that a finished run holds which an uninterrupted one would hold too, without clocks. */
export async function outcome(runFolder: string) {
  const models: Partial<Record<ModelId, object>> = {};
  for (const { id: model } of (await readManifest(runFolder)).spec.models) {
    const stored = await listCheckpoints(runFolder, model);
    if (stored.length > 0) models[model] = await networks(stored);
  }
  return { story: await story(runFolder), models };
}

/** What the log tells, without clocks and statuses; every line of it has to be an event. */
async function story(runFolder: string): Promise<object[]> {
  const path = join(runFolder, 'events.jsonl');
  const tail = new EventTail(path);
  const events = await tail.read();
  assert.equal(tail.invalidLines, 0, `${path} has lines that are no events.`);
  assert.equal(tail.offset, (await readFile(path)).length, `${path} ends with half a line.`);
  return events
    .filter((event): event is Exclude<RunEvent, { type: 'status' }> => event.type !== 'status')
    .map((event) => ({ ...event, time: 0, seconds: 0 }));
}

/** The bits of every checkpoint's network, and of the last one's optimizer. */
async function networks(stored: readonly StoredCheckpoint[]): Promise<object> {
  // One within an epoch may be kept beside the last, in case that is damaged.
  const epochs = stored.filter(({ batch }) => batch === 0);
  const bits = epochs.map(async ({ name, folder }) => [
    name,
    hashOf(await readFile(join(folder, 'weights.bin'))),
  ]);
  const { cursor, slots } = await readCheckpoint(stored.at(-1)!);
  return {
    networks: Object.fromEntries(await Promise.all(bits)),
    slots: Object.values(slots).map((slot) => hashOf(new Uint8Array(slot.slice().buffer))),
    cursor: { ...cursor, seconds: 0 },
  };
}

/** Equal for the same bits, and short where two differ. */
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
