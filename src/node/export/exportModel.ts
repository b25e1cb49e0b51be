import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkpointFiles } from '../../core/runs/layout';
import type { ModelName } from '../../core/runs/spec';
import { type CheckpointChoice, findCheckpoint, type StoredCheckpoint } from '../runs/checkpoints';
import { readManifest } from '../runs/runFolder';
import { type ExportFormat, exportFormats } from './formats';
import { kerasArchive } from './keras';
import { safetensors } from './safetensors';
import { readStoredNetwork } from './storedNetwork';

const layerSource = 'involution_layer.py';

/**
 * Writes the network of a run's model to `target`: a folder for 'tfjs' (as `tf.loadLayersModel` reads it), else a
 * file. Beside a `.keras` file of the involution network goes the Python source of its layer. Returns the files written.
 */
export async function exportModel(
  runFolder: string,
  model: ModelName,
  format: ExportFormat,
  target: string,
  choice: CheckpointChoice = 'last',
): Promise<string[]> {
  const ending = exportFormats[format];
  if (ending && extname(target) !== ending)
    throw new Error(`${target} does not end in ${ending}, as a ${format} file must.`);
  const checkpoint = await findCheckpoint(runFolder, model, choice);
  if (format === 'tfjs') return copyTfjs(checkpoint, target);
  const [network, manifest] = await Promise.all([readStoredNetwork(checkpoint), readManifest(runFolder)]);
  await mkdir(dirname(target), { recursive: true });
  if (format === 'safetensors') {
    const metadata = { run: manifest.id, model, classes: manifest.data.classes.join(', ') };
    return [await writeWhole(target, safetensors(network, metadata))];
  }
  const archive = await kerasArchive(network, manifest.data.imageShape, `${target}.h5.tmp`);
  const written = [await writeWhole(target, archive)];
  if (model === 'involution') {
    const source = join(dirname(target), layerSource);
    await copyFile(fileURLToPath(new URL(`./${layerSource}`, import.meta.url)), source);
    written.push(source);
  }
  return written;
}

async function copyTfjs(checkpoint: StoredCheckpoint, target: string): Promise<string[]> {
  await mkdir(target, { recursive: true });
  const names = [checkpointFiles.topology, checkpointFiles.weights];
  return Promise.all(
    names.map(async (name) => writeWhole(join(target, name), await readFile(join(checkpoint.folder, name)))),
  );
}

/** A reader sees the whole file or the one before it. */
async function writeWhole(path: string, content: Uint8Array): Promise<string> {
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}
