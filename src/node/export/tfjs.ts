import { strFromU8 } from 'fflate';
import { checkpointFiles } from '../../core/runs/layout';
import { checkedNetworkFiles } from '../runs/checkpoints';
import type { Exporter } from './exporter';
import { loadingNote } from './loadingNote';

const loadingNoteFile = 'model.md';

/** As `tf.loadLayersModel` reads it, with the origin as TF.js keeps such data, and a note that says how to load it. */
export const tfjs: Exporter = {
  async files({ checkpoint, origin, manifest: { data } }, name) {
    const { topology, weights } = await checkedNetworkFiles(checkpoint);
    return {
      [topologyFile(name)]: JSON.stringify({ ...JSON.parse(topology), userDefinedMetadata: origin }),
      [`${name}/${checkpointFiles.weights}`]: weights,
      [`${name}/${loadingNoteFile}`]: loadingNote({ topology, epoch: checkpoint.epoch, data }),
    };
  },
  noteIn: topologyFile,
  originIn: (content) => JSON.parse(strFromU8(content)).userDefinedMetadata,
};

function topologyFile(name: string): string {
  return `${name}/${checkpointFiles.topology}`;
}
