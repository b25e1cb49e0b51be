import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import type { DataSpec } from '../../core/data/dataKinds';
import { runFiles } from '../../core/runs/layout';
import { RunManifest, runSchemaVersion } from '../../core/runs/manifest';
import type { RunSpec } from '../../core/runs/spec';
import { UsageError } from '../../core/usageError';
import { isMissing } from '../files/explain';
import { makeFolders } from '../files/makeFolders';
import { PlainFolder } from '../files/plainFolder';
import { temporaryName } from '../files/temporary';

const ManifestText = v.pipe(v.string(), v.parseJson(), RunManifest);
const RunLabel = v.object({ name: v.pipe(v.string(), v.trim(), v.nonEmpty()) });

/** In bytes; beyond it a file is not even read. A manifest names every class. */
const largest = { manifest: 1 << 22, label: 1 << 16 };

/** The folder of all runs, made where it is missing. */
export async function openRunsFolder(runsFolder: string): Promise<PlainFolder> {
  const runs = new PlainFolder(runsFolder);
  const isNew = makeFolders(runsFolder);
  // Checkpoints have no place in the repository that the runs folder may lie in.
  if (isNew) await runs.replace('.gitignore', '*\n');
  return runs;
}

/** Makes a run's folder, which appears under its name with the manifest in it. Returns its path. */
export async function createRunFolder(
  runsFolder: string,
  manifest: Omit<RunManifest, 'schemaVersion' | 'id' | 'created'>,
): Promise<string> {
  const runs = await openRunsFolder(runsFolder);
  await runs.removeLeftovers();
  const created = new Date();
  const readable = readableId(created, manifest.spec);
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? readable : `${readable}-${attempt}`;
    // Some systems rename onto an empty folder; none onto one with files in it, as every run has.
    if (await runs.has(id)) continue;
    const complete: RunManifest = {
      schemaVersion: runSchemaVersion,
      id,
      created: created.toISOString(),
      ...manifest,
    };
    try {
      await makeRun(runs, complete);
      return runs.pathOf(id);
    } catch (error) {
      const isTaken = await runs.has(id);
      // Missing: who tidied up took it for one that nobody is at any more.
      if (!isTaken && !(isMissing(error) && attempt < 5)) throw error;
    }
  }
}

async function makeRun(runs: PlainFolder, manifest: RunManifest): Promise<void> {
  const temporary = temporaryName();
  try {
    await runs.makeFolder(temporary);
    await runs.write(`${temporary}/${runFiles.manifest}`, `${JSON.stringify(manifest, null, 2)}\n`);
    await runs.write(`${temporary}/${runFiles.events}`, '');
    await runs.rename(temporary, manifest.id);
  } catch (error) {
    await runs.remove(temporary).catch(() => {});
    throw error;
  }
}

export async function isRunFolder(path: string): Promise<boolean> {
  return stat(join(path, runFiles.manifest)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Throws an error that names the file and what is wrong with it. */
export async function readManifest(runFolder: string): Promise<RunManifest> {
  const path = join(runFolder, runFiles.manifest);
  let text: string;
  try {
    text = await new PlainFolder(runFolder).readText(runFiles.manifest, largest.manifest);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      l10n.t(
        '{0} is not a run: it has no {1}. "{2}" lists the runs.',
        ...[runFolder, runFiles.manifest, 'involution runs'],
      ),
    );
  }
  const manifest = v.safeParse(ManifestText, text);
  if (manifest.success) return manifest.output;
  const place = v.getDotPath(manifest.issues[0]);
  const fault = place ? l10n.t('"{0}" is not as expected', place) : l10n.t('it is not a JSON object');
  throw new Error(
    l10n.t(
      '{0} is damaged or of another version of Involution Lab ({1}). Restore it from a copy, or delete the run.',
      ...[path, fault],
    ),
  );
}

/** The name a person gave the run, else the one it was started with, else its id. */
export async function readRunName(runFolder: string, manifest: RunManifest): Promise<string> {
  const fallback = manifest.spec.name?.trim() || manifest.id;
  try {
    const text = await new PlainFolder(runFolder).readText(runFiles.label, largest.label);
    return v.parse(RunLabel, JSON.parse(text)).name;
  } catch {
    return fallback;
  }
}

export async function renameRun(runFolder: string, name: string): Promise<void> {
  await readManifest(runFolder);
  const label = v.safeParse(RunLabel, { name });
  if (!label.success) throw new UsageError(l10n.t('A run needs a name that is not empty.'));
  await new PlainFolder(runFolder).replace(runFiles.label, JSON.stringify(label.output));
}

/** "2026-11-24_08-15-02_shapes_involution-convolution", in local time. */
function readableId(created: Date, { data, models }: RunSpec): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [created.getFullYear(), two(created.getMonth() + 1), two(created.getDate())].join('-');
  const time = [created.getHours(), created.getMinutes(), created.getSeconds()].map(two).join('-');
  return [day, time, dataWord(data), modelsWord(models)].join('_');
}

/** A folder's name has its bounds. */
function modelsWord(models: RunSpec['models']): string {
  const word = models.map(({ id }) => id).join('-');
  return word.length <= 60 ? word : `${models.length}-models`;
}

function dataWord(data: DataSpec): string {
  if (data.kind !== 'folder') return data.kind;
  const word = basename(data.path)
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-');
  return word.replace(/^-|-$/g, '').slice(0, 24) || 'folder';
}
