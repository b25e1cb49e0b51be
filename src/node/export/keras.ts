import { strToU8, zipSync } from 'fflate';
import type { PlainFolder } from '../files/plainFolder';
import { kerasConfig } from './kerasConfig';
import type { KerasNetwork } from './kerasNetwork';
import { kerasWeights } from './kerasWeights';

/** Keras itself reads only files of its own version or older; all that is used here is in the first of version 3. */
const kerasVersion = '3.0.0';

/** The `.keras` v3 file of a network; its HDF5 part is made in the folder that it will be in. */
export async function kerasArchive(network: KerasNetwork, folder: PlainFolder): Promise<Uint8Array> {
  const date = new Date().toISOString().slice(0, 19).replace('T', '@');
  const weights = await kerasWeights(network, folder);
  // Stored, not compressed: Keras seeks inside the weights.
  return zipSync(
    {
      'metadata.json': strToU8(JSON.stringify({ keras_version: kerasVersion, date_saved: date })),
      'config.json': strToU8(JSON.stringify(kerasConfig(network))),
      'model.weights.h5': weights,
    },
    { level: 0 },
  );
}
