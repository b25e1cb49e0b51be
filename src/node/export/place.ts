import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { codeOf, FileError, isMissing } from '../files/explain';
import type { PlainFolder } from '../files/plainFolder';
import { pathsUpwards } from '../files/within';
import { isRunFolder } from '../runs/runFolder';
import { type ExportedFiles, type Exporter, Origin } from './exporter';

/** In bytes; a file with more is none of ours. */
const largest = 2 ** 31 - 1;

/** Files that somebody may want to keep are where an export would go. */
export class OccupiedError extends Error {
  /** What helps, by name: it is done once a person has agreed. */
  readonly ways = ['replace'];
}

/** @throws Error for a place in the folder of a run, whose files are its checkpoints. */
export async function assertOutsideRuns(target: string): Promise<void> {
  for (const folder of await pathsUpwards(target))
    if (await isRunFolder(folder))
      throw new Error(
        l10n.t(
          '{0} lies in the folder of a run, {1}: what is written there could take the place of a trained network. Export to a place outside of it.',
          ...[target, folder],
        ),
      );
}

/**
 * An earlier export of the same model of the same run is replaced, and so is what would not change.
 * @param name the export's own file or folder; other files lie beside it, and may belong to other exports
 * @throws OccupiedError for anything else, FileError for what is no file
 */
export async function assertNothingLost(
  folder: PlainFolder,
  name: string,
  files: ExportedFiles,
  exporter: Exporter,
  origin: Origin,
): Promise<void> {
  const isAgain = await isExportOf(folder, exporter.noteIn(name), exporter, origin);
  const lost: string[] = [];
  for (const [file, content] of Object.entries(files)) {
    const isOwn = file === name || file.startsWith(`${name}/`);
    if (!(isOwn && isAgain) && !(await mayReplace(folder, file, content))) lost.push(folder.pathOf(file));
  }
  if (lost.length === 0) return;
  throw new OccupiedError(
    l10n.t(
      'What is there would be lost, and is not an earlier export of the model "{0}" of the run {1}: {2}.',
      ...[origin.model, origin.run, lost.join(', ')],
    ),
  );
}

async function isExportOf(
  folder: PlainFolder,
  file: string,
  { originIn }: Exporter,
  { run, model }: Origin,
): Promise<boolean> {
  try {
    const { success, output } = v.safeParse(Origin, originIn(await folder.read(file, largest)));
    return success && output.run === run && output.model === model;
  } catch {
    return false;
  }
}

/** Where there is nothing to lose, or the same. */
async function mayReplace(folder: PlainFolder, file: string, content: string | Uint8Array): Promise<boolean> {
  const bytes = Buffer.from(content);
  try {
    const there = await folder.read(file, bytes.byteLength);
    return there.length === 0 || bytes.equals(there);
  } catch (error) {
    // No consent could put a file in the place of a folder.
    if (!(error instanceof FileError) || codeOf(error) === 'IRREGULAR') throw error;
    return isMissing(error);
  }
}
