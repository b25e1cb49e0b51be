import { checkpointFiles } from '../../core/runs/layout';
import { checkedNetworkFiles } from '../runs/checkpoints';
import type { Exporter } from './exporter';
import { loadingNote } from './loadingNote';

const loadingNoteFile = 'model.md';

/** As `tf.loadLayersModel` reads it, and as checkpoints have it, with a note that says how to load it. */
export const tfjs: Exporter = async ({ checkpoint, manifest: { data } }, name) => {
  const { topology, weights } = await checkedNetworkFiles(checkpoint);
  return {
    [`${name}/${checkpointFiles.topology}`]: topology,
    [`${name}/${checkpointFiles.weights}`]: weights,
    [`${name}/${loadingNoteFile}`]: loadingNote({ topology, epoch: checkpoint.epoch, data }),
  };
};
