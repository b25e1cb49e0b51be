import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { PlainFolder } from '../files/plainFolder';
import type { Exported, Exporter, Origin } from './exporter';
import { kerasConfig } from './kerasConfig';
import { type KerasNetwork, kerasNetwork, needsLayerSource } from './kerasNetwork';
import { kerasWeights } from './kerasWeights';
import { readStoredNetwork, type StoredNetwork } from './storedNetwork';

/** Keras asks it for nothing but the version. */
const metadataFile = 'metadata.json';
const layerSource = 'involution_layer.py';

/** Keras itself reads only files of its own version or older; all that is used here is in the first of version 3. */
const kerasVersion = '3.0.0';

export const keras: Exporter = {
  files: async ({ checkpoint, origin, openFolder }, name) =>
    kerasFiles(await readStoredNetwork(checkpoint), openFolder, name, origin),
  noteIn: (name) => name,
  originIn(content) {
    const { [metadataFile]: metadata } = unzipSync(content, { filter: ({ name }) => name === metadataFile });
    return JSON.parse(strFromU8(metadata!));
  },
};

/** One file; beside that of a network with involutions goes the Python source of its layer. The folder is where they will be. */
export async function kerasFiles(
  stored: StoredNetwork,
  openFolder: Exported['openFolder'],
  name: string,
  origin?: Origin,
): Promise<Record<string, Uint8Array>> {
  const network = kerasNetwork(stored);
  const archive = await kerasArchive(network, await openFolder(), origin);
  if (!needsLayerSource(network)) return { [name]: archive };
  const source = await readFile(fileURLToPath(new URL(`./${layerSource}`, import.meta.url)));
  return { [name]: archive, [layerSource]: source };
}

/** The `.keras` v3 file of a network; its HDF5 part is made in the folder that it will be in. */
export async function kerasArchive(
  network: KerasNetwork,
  folder: PlainFolder,
  origin?: Origin,
): Promise<Uint8Array> {
  const date = new Date().toISOString().slice(0, 19).replace('T', '@');
  const weights = await kerasWeights(network, folder);
  // Stored, not compressed: Keras seeks inside the weights.
  return zipSync(
    {
      [metadataFile]: strToU8(JSON.stringify({ keras_version: kerasVersion, date_saved: date, ...origin })),
      'config.json': strToU8(JSON.stringify(kerasConfig(network))),
      'model.weights.h5': weights,
    },
    { level: 0 },
  );
}
