import { readFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelId } from '../../core/network/model';
import { hasInvolutions } from '../../core/network/traits';
import { type ExportFormat, exportFormats } from '../../core/runs/exportFormats';
import { checkpointFiles } from '../../core/runs/layout';
import type { RunManifest } from '../../core/runs/manifest';
import { makeFolders } from '../files/makeFolders';
import { PlainFolder } from '../files/plainFolder';
import { assertTakesFiles } from '../files/takesFiles';
import {
  type CheckpointChoice,
  checkedNetworkFiles,
  findCheckpoint,
  type StoredCheckpoint,
} from '../runs/checkpoints';
import { readManifest } from '../runs/runFolder';
import { kerasArchive } from './keras';
import { loadingNote } from './loadingNote';
import { safetensors } from './safetensors';
import { readStoredNetwork } from './storedNetwork';

const layerSource = 'involution_layer.py';
const loadingNoteFile = 'model.md';

/**
 * Writes the network of a run's model to `target`: a folder for 'tfjs' (as `tf.loadLayersModel` reads it), else a
 * file. In the folder a note says how to load it; beside a `.keras` file of a network with involutions goes the Python
 * source of its layer. Returns the files written.
 */
export async function exportModel(
  runFolder: string,
  model: ModelId,
  format: ExportFormat,
  target: string,
  choice: CheckpointChoice = 'last',
): Promise<string[]> {
  const ending = exportFormats[format];
  if (ending && extname(target) !== ending)
    throw new Error(`${target} does not end in ${ending}, as a ${format} file must.`);
  const checkpoint = await findCheckpoint(runFolder, model, choice);
  const folder = new PlainFolder(dirname(target));
  const name = basename(target);
  makeFolders(folder.path);
  await assertTakesFiles(folder.path);
  const manifest = await readManifest(runFolder);
  if (format === 'tfjs') return writeTfjs(checkpoint, manifest, folder, name);
  const network = await readStoredNetwork(checkpoint);
  if (format === 'safetensors') {
    const metadata = { run: manifest.id, model, classes: manifest.data.classes.join(', ') };
    return writeAll(folder, { [name]: safetensors(network, metadata) });
  }
  const archive = await kerasArchive(network, manifest.data.imageShape, folder);
  const spec = manifest.spec.models.find(({ id }) => id === model);
  if (!spec || !hasInvolutions(spec.network)) return writeAll(folder, { [name]: archive });
  const source = await readFile(fileURLToPath(new URL(`./${layerSource}`, import.meta.url)));
  return writeAll(folder, { [name]: archive, [layerSource]: source });
}

async function writeTfjs(
  checkpoint: StoredCheckpoint,
  { data }: RunManifest,
  folder: PlainFolder,
  name: string,
): Promise<string[]> {
  const { topology, weights } = await checkedNetworkFiles(checkpoint);
  await folder.makeFolder(name);
  return writeAll(folder, {
    [`${name}/${checkpointFiles.topology}`]: topology,
    [`${name}/${checkpointFiles.weights}`]: weights,
    [`${name}/${loadingNoteFile}`]: loadingNote({ topology, epoch: checkpoint.epoch, data }),
  });
}

/** A reader sees each whole, or what was there before it. Returns their paths. */
async function writeAll(
  folder: PlainFolder,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string[]> {
  for (const [name, content] of Object.entries(files)) await folder.replace(name, content);
  return Object.keys(files).map((name) => folder.pathOf(name));
}
