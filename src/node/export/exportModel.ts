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
import { safetensors } from './safetensors';
import { tfjs } from './tfjs';

const exporters: Readonly<Record<ExportFormat, Exporter>> = { tfjs, keras, safetensors };

/**
 * Writes the network of a run's model to `target`, a file or a folder as the format has it. A reader sees each file
 * whole, or what was there before it. Returns the files written.
 */
export async function exportModel(
  runFolder: string,
  model: ModelId,
  format: ExportFormat,
  target: string,
  choice: CheckpointChoice = 'last',
): Promise<string[]> {
  const { ending } = exportFormats[format];
  if (ending && extname(target) !== ending)
    throw new Error(l10n.t('{0} does not end in {1}, as a {2} file must.', target, ending, format));
  const manifest = await readManifest(runFolder);
  const spec = manifest.spec.models.find(({ id }) => id === model);
  if (!spec) throw new Error(l10n.t('The run {0} has no model "{1}".', manifest.id, model));
  const checkpoint = await findCheckpoint(runFolder, model, choice);
  const folder = new PlainFolder(dirname(target));
  const openFolder = async () => {
    makeFolders(folder.path);
    await assertTakesFiles(folder.path);
    return folder;
  };
  const files = await exporters[format]({ checkpoint, model: spec, manifest, openFolder }, basename(target));
  await openFolder();
  for (const [file, content] of Object.entries(files)) {
    if (file.includes('/')) await folder.makeFolder(dirname(file));
    await folder.replace(file, content);
  }
  return Object.keys(files).map((file) => folder.pathOf(file));
}
