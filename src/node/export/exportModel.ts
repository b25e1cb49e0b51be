import { readFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelId } from '../../core/network/model';
import { type ExportFormat, exportFormats } from '../../core/runs/exportFormats';
import { checkpointFiles } from '../../core/runs/layout';
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
import { kerasNetwork, needsLayerSource } from './kerasNetwork';
import { safetensors } from './safetensors';
import { readStoredNetwork } from './storedNetwork';

const layerSource = 'involution_layer.py';

/**
 * Writes the network of a run's model to `target`: a folder for 'tfjs' (as `tf.loadLayersModel` reads it), else a
 * file. Beside a `.keras` file of a network with involutions goes the Python source of its layer. Returns the files written.
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
  const [folder, name] = [new PlainFolder(dirname(target)), basename(target)];
  switch (format) {
    case 'tfjs':
      await prepare(folder);
      return writeTfjs(checkpoint, folder, name);
    case 'safetensors': {
      const [network, manifest] = await Promise.all([readStoredNetwork(checkpoint), readManifest(runFolder)]);
      const metadata = { run: manifest.id, model, classes: manifest.data.classes.join(', ') };
      await prepare(folder);
      return writeAll(folder, { [name]: safetensors(network, metadata) });
    }
    case 'keras': {
      const network = kerasNetwork(await readStoredNetwork(checkpoint));
      await prepare(folder);
      const archive = await kerasArchive(network, folder);
      if (!needsLayerSource(network)) return writeAll(folder, { [name]: archive });
      const source = await readFile(fileURLToPath(new URL(`./${layerSource}`, import.meta.url)));
      return writeAll(folder, { [name]: archive, [layerSource]: source });
    }
  }
}

async function prepare({ path }: PlainFolder): Promise<void> {
  makeFolders(path);
  await assertTakesFiles(path);
}

async function writeTfjs(checkpoint: StoredCheckpoint, folder: PlainFolder, name: string): Promise<string[]> {
  const { topology, weights } = await checkedNetworkFiles(checkpoint);
  await folder.makeFolder(name);
  return writeAll(folder, {
    [`${name}/${checkpointFiles.topology}`]: topology,
    [`${name}/${checkpointFiles.weights}`]: weights,
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
