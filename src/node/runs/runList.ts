import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { runFiles } from '../../core/runs/layout';
import type { RunManifest } from '../../core/runs/manifest';
import { type RunOverview, RunOverviewBuilder } from '../../core/runs/overview';
import { distinctNames, shownRunName } from '../../core/runs/runName';
import { explained, isMissing } from '../files/explain';
import { PlainFolder } from '../files/plainFolder';
import { inLanes } from '../inLanes';
import { EventTail } from './eventTail';
import { isRunFolder, readManifest, readRunName } from './runFolder';
import { type AcquireOptions, assertNotTrained, isBeingTrained } from './runLock';

/** More than anybody has trained: what lies beyond is left alone. */
export const mostRuns = 50_000;
/** Of a log in one go: a few hundred thousand events. */
export const bytesPerLook = 32 << 20;

export interface ListedRun {
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly manifest: RunManifest;
  readonly overview: RunOverview;
  /** Lines of the event log that are no events. */
  readonly invalidLines: number;
}

/** A folder among the runs whose manifest can't be read. */
export interface UnreadableRun {
  readonly folder: string;
  readonly reason: string;
}

/** The runs of a folder, newest first. A folder that does not exist has none. */
export async function listRuns(
  runsFolder: string,
): Promise<{ runs: ListedRun[]; unreadable: UnreadableRun[] }> {
  const runs: ListedRun[] = [];
  const unreadable: UnreadableRun[] = [];
  await inLanes(await runIds(runsFolder), async (id) => {
    const folder = resolve(runsFolder, id);
    try {
      runs.push(await readRun(folder));
    } catch (error) {
      unreadable.push({ folder, reason: (error as Error).message });
    }
  });
  runs.sort((a, b) => b.manifest.created.localeCompare(a.manifest.created) || b.id.localeCompare(a.id));
  return { runs, unreadable };
}

export async function readRun(folder: string): Promise<ListedRun> {
  const manifest = await readManifest(folder);
  const tail = new EventTail(join(folder, runFiles.events));
  const builder = new RunOverviewBuilder(manifest.spec.models.map(({ id }) => id));
  do {
    for (const event of await tail.read(bytesPerLook)) builder.observe(event);
  } while (tail.isBehind);
  const [name, isTrained] = await Promise.all([readRunName(folder, manifest), isBeingTrained(folder)]);
  return {
    id: basename(folder),
    folder,
    name,
    manifest,
    overview: builder.overview(isTrained),
    invalidLines: tail.invalidLines,
  };
}

/**
 * The run that a person means: a path, an id, a name (as it is, or as VS Code shows it), the unambiguous beginning of an id,
 * or "latest".
 * Throws an error that says which runs there are.
 */
export async function findRun(runsFolder: string, wanted: string): Promise<ListedRun> {
  if (await isRunFolder(wanted)) return readRun(resolve(wanted));
  const { runs, unreadable } = await listRuns(runsFolder);
  if (wanted === 'latest') await assertNoneIsNewer(unreadable, runs[0]);
  const damaged = unreadable.find(({ folder }) => basename(folder) === wanted);
  if (damaged) throw new Error(damaged.reason);
  if (runs.length === 0)
    throw new Error(l10n.t('There is no run in {0}. Train one first: {1}.', runsFolder, 'involution train'));
  if (wanted === 'latest') return runs[0]!;
  const shown = distinctNames(
    runs.map(({ id, name, manifest }) => ({ id, name: shownRunName(name), created: manifest.created })),
  );
  const exact = runs.filter((run) => [run.id, run.name, shown.get(run.id)].includes(wanted));
  const matching = exact.length > 0 ? exact : runs.filter((run) => run.id.startsWith(wanted));
  if (matching.length === 1) return matching[0]!;
  const candidates = (matching.length > 0 ? matching : runs).slice(0, 5).map((run) => run.id);
  const choice = candidates.join(', ');
  throw new Error(
    matching.length > 0
      ? l10n.t('Several runs are called "{0}". Choose one of {1}.', wanted, choice)
      : l10n.t('There is no run "{0}" in {1}. Choose one of {2}.', wanted, runsFolder, choice),
  );
}

/** "latest" never means an older run because the newest can't be read. */
async function assertNoneIsNewer(
  unreadable: readonly UnreadableRun[],
  latest: ListedRun | undefined,
): Promise<void> {
  let newest = { began: latest ? Date.parse(latest.manifest.created) - 1000 : -Infinity, message: '' };
  for (const { folder, reason } of unreadable) {
    const began = await beganAt(folder);
    const message = l10n.t("The latest run may be {0}, which can't be read. {1}", basename(folder), reason);
    if (began !== null && began >= newest.began) newest = { began, message };
  }
  if (!newest.message) return;
  throw new Error(
    latest
      ? `${newest.message} ${l10n.t('To take the latest that can be read, name it: {0}.', latest.id)}`
      : newest.message,
  );
}

/** When a run whose manifest can't be read began, in ms: its folder's name tells, to the second; null for no run. */
async function beganAt(folder: string): Promise<number | null> {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d\d)_/.exec(basename(folder)) ?? [];
  if (parts.length > 0) {
    const [year, month, ...rest] = parts.map(Number) as [number, number, number, number, number, number];
    return new Date(year, month - 1, ...rest).getTime();
  }
  return stat(join(folder, runFiles.manifest)).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

/** Throws while the run is being trained. Who may be training it, and can't be looked up, is watched for a while. */
export async function deleteRun(runFolder: string, watching: AcquireOptions = {}): Promise<void> {
  await readManifest(runFolder);
  await assertNotTrained(runFolder, watching);
  await new PlainFolder(dirname(runFolder)).remove(basename(runFolder));
}

/**
 * The names of the folders that may be runs, at most `mostRuns`. Links are none: what they lead to lies elsewhere. A folder
 * that does not exist has none.
 */
export async function runIds(runsFolder: string): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const entry of await opendir(runsFolder, { bufferSize: 1024 })) {
      if (ids.length === mostRuns) break;
      if (entry.isDirectory() && !entry.name.startsWith('.')) ids.push(entry.name);
    }
    return ids;
  } catch (error) {
    if (isMissing(error)) return [];
    throw explained(error, 'read', runsFolder);
  }
}
