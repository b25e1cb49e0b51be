import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { Involution, type InvolutionArgs } from '../../core/involution/layer';
import { buildNetwork } from '../../core/network/build';
import type { LayerSubject, NetworkSubject } from './subject';

/** What is timed as a TF.js model: the network, or the layer alone. */
export function subjectModel(subject: NetworkSubject | LayerSubject): LayersModel {
  if (subject.kind !== 'layer') return buildNetwork(subject.network, subject);
  const { size, channels, network } = subject;
  const x = input({ shape: [size, size, channels], name: 'input_layer' });
  const { kind: _, ...layer } = network.layers[0]!;
  const [y] = new Involution({ ...layer, seed: 42 } as InvolutionArgs).apply(x);
  return model({ inputs: x, outputs: y, name: network.name });
}
