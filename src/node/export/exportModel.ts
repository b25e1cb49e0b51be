import { basename, dirname, extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { ModelId } from '../../core/network/model';
import { type ExportFormat, exportFormats } from '../../core/runs/exportFormats';
import { makeFolders } from '../files/makeFolders';
import { PlainFolder } from '../files/plainFolder';
import { assertTakesFiles } from '../files/takesFiles';
import { type CheckpointChoice, findCheckpoint } from '../runs/checkpoints';
import { readManifest } from '../runs/runFolder';
import type { Exporter } from './exporter';
import { keras } from './keras';
import { assertNothingLost, assertOutsideRuns } from './place';
import { safetensors } from './safetensors';
import { tfjs } from './tfjs';

const exporters: Readonly<Record<ExportFormat, Exporter>> = { tfjs, keras, safetensors };

interface ExportOptions {
  /** The last, unless it is said. */
  readonly checkpoint?: CheckpointChoice;
  /** Whatever is there may be lost: a person was asked. */
  readonly replace?: boolean;
}

/**
 * Writes the network of a run's model to `target`, a file or a folder as the format has it. Nothing but an earlier export
 * of it is replaced, and that only when all of the new one is on the disk. Returns the files written.
 * @throws OccupiedError
 */
export async function exportModel(
  runFolder: string,
  model: ModelId,
  format: ExportFormat,
  target: string,
  { checkpoint: choice = 'last', replace = false }: ExportOptions = {},
): Promise<string[]> {
  const { ending } = exportFormats[format];
  if (ending && extname(target) !== ending)
    throw new Error(l10n.t('{0} does not end in {1}, as a {2} file must.', target, ending, format));
  const manifest = await readManifest(runFolder);
  if (!manifest.spec.models.some(({ id }) => id === model))
    throw new Error(l10n.t('The run {0} has no model "{1}".', manifest.id, model));
  await assertOutsideRuns(target);
  const checkpoint = await findCheckpoint(runFolder, model, choice);
  const folder = new PlainFolder(dirname(target));
  const openFolder = async () => {
    makeFolders(folder.path);
    await assertTakesFiles(folder.path);
    return folder;
  };
  const exporter = exporters[format];
  const [name, origin] = [basename(target), { run: manifest.id, model }];
  const files = await exporter.files({ checkpoint, origin, manifest, openFolder }, name);
  await openFolder();
  for (const file of Object.keys(files)) if (file.includes('/')) await folder.makeFolder(dirname(file));
  if (!replace) await assertNothingLost(folder, name, files, exporter, origin);
  await folder.replaceAll(files);
  return Object.keys(files).map((file) => folder.pathOf(file));
}
