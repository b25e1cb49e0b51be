import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { runFiles } from '../../core/runs/layout';
import { RunManifest, runSchemaVersion } from '../../core/runs/manifest';
import type { DataSpec, ModelName, RunSpec } from '../../core/runs/spec';
import { isMissing, replaceFile, syncFolder, writeDurably } from './durable';

const RunLabel = v.object({ name: v.pipe(v.string(), v.trim(), v.nonEmpty()) });

const shortNames: Record<ModelName, string> = { involution: 'inn', convolution: 'cnn' };

/** Makes a run's folder, which appears under its name with the manifest in it. Returns its path. */
export async function createRunFolder(
  runsFolder: string,
  manifest: Omit<RunManifest, 'schemaVersion' | 'id' | 'created'>,
): Promise<string> {
  const isNew = (await mkdir(runsFolder, { recursive: true })) !== undefined;
  // Checkpoints have no place in the repository that the runs folder may lie in.
  if (isNew) await writeFile(join(runsFolder, '.gitignore'), '*\n');
  const created = new Date();
  const readable = readableId(created, manifest.spec);
  const temporary = join(runsFolder, `.${readable}-${randomUUID()}`);
  await mkdir(temporary);
  try {
    for (let attempt = 1; ; attempt++) {
      const id = attempt === 1 ? readable : `${readable}-${attempt}`;
      const complete: RunManifest = {
        schemaVersion: runSchemaVersion,
        id,
        created: created.toISOString(),
        ...manifest,
      };
      await writeDurably(join(temporary, runFiles.manifest), `${JSON.stringify(complete, null, 2)}\n`);
      await writeFile(join(temporary, runFiles.events), '');
      const folder = join(runsFolder, id);
      if (await becomes(temporary, folder)) {
        await syncFolder(runsFolder);
        return folder;
      }
    }
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Throws an error that names the file and what is wrong with it. */
export async function readManifest(runFolder: string): Promise<RunManifest> {
  const path = join(runFolder, runFiles.manifest);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      `${runFolder} is not a run: it has no ${runFiles.manifest}. "involution runs" lists the runs.`,
    );
  }
  try {
    return v.parse(RunManifest, JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${path} is damaged or of another version of Involution Lab (${(error as Error).message}). Restore it from a copy, or delete the run.`,
    );
  }
}

/** The name a person gave the run, else the one it was started with, else its id. */
export async function readRunName(runFolder: string, manifest: RunManifest): Promise<string> {
  const fallback = manifest.spec.name?.trim() || manifest.id;
  try {
    return v.parse(RunLabel, JSON.parse(await readFile(join(runFolder, runFiles.label), 'utf8'))).name;
  } catch {
    return fallback;
  }
}

export async function renameRun(runFolder: string, name: string): Promise<void> {
  await readManifest(runFolder);
  const label = v.safeParse(RunLabel, { name });
  if (!label.success) throw new Error('A run needs a name that is not empty.');
  await replaceFile(join(runFolder, runFiles.label), JSON.stringify(label.output));
}

/** "2026-11-24_08-15-02_shapes_inn-cnn", in local time. */
function readableId(created: Date, { data, models }: RunSpec): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [created.getFullYear(), two(created.getMonth() + 1), two(created.getDate())].join('-');
  const time = [created.getHours(), created.getMinutes(), created.getSeconds()].map(two).join('-');
  return [day, time, dataWord(data), models.map((model) => shortNames[model]).join('-')].join('_');
}

function dataWord(data: DataSpec): string {
  if (data.kind !== 'folder') return data.kind;
  const word = basename(data.path)
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-');
  return word.replace(/^-|-$/g, '').slice(0, 24) || 'folder';
}

/** False when that name is taken. */
async function becomes(temporary: string, folder: string): Promise<boolean> {
  // Some systems rename onto an empty folder; none onto one with files in it, as every run has.
  if (existsSync(folder)) return false;
  try {
    await rename(temporary, folder);
    return true;
  } catch (error) {
    if (existsSync(folder)) return false;
    throw error;
  }
}
