import { checkpointFiles } from '../../core/runs/layout';
import { checkedNetworkFiles } from '../runs/checkpoints';
import type { Exporter } from './exporter';

/** As `tf.loadLayersModel` reads it, and as checkpoints have it. */
export const tfjs: Exporter = async ({ checkpoint }, name) => {
  const { topology, weights } = await checkedNetworkFiles(checkpoint);
  return {
    [`${name}/${checkpointFiles.topology}`]: topology,
    [`${name}/${checkpointFiles.weights}`]: weights,
  };
};
