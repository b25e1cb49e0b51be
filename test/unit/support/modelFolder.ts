import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { checkpointFiles } from '../../../src/core/runs/layout';
import { modelArtifacts } from '../../../src/node/runs/modelFiles';

/** For `tf.loadLayersModel`, on engines whose TF.js knows no `file://`: a folder in the stock TF.js layers format. */
export function modelFolder(folder: string): io.IOHandler {
  return {
    async load() {
      const [topology, weights] = await Promise.all([
        readFile(join(folder, checkpointFiles.topology), 'utf8'),
        readFile(join(folder, checkpointFiles.weights)),
      ]);
      return modelArtifacts(topology, weights);
    },
  };
}
