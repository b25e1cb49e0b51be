import { checkedNetworkFiles, type StoredCheckpoint } from '../runs/checkpoints';

/** A layer of a TF.js layers topology. */
export interface TopologyLayer {
  readonly class_name: string;
  readonly config: { readonly name: string } & Readonly<Record<string, unknown>>;
  /** Of a functional network: [[layer, node, output, arguments]] a call. */
  readonly inbound_nodes?: readonly (readonly [string, number, number, unknown])[][];
}

export interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A checkpoint's network as it lies on disk, for which no engine is needed. */
export interface StoredNetwork {
  readonly name: string;
  readonly isSequential: boolean;
  readonly layers: readonly TopologyLayer[];
  /** By name, "layer/weight", in the order of the file. */
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

export async function readStoredNetwork(checkpoint: StoredCheckpoint): Promise<StoredNetwork> {
  const { topology, weights } = await checkedNetworkFiles(checkpoint);
  return storedNetwork(topology, weights);
}

interface Topology {
  readonly modelTopology: {
    readonly class_name: string;
    readonly config: { readonly name: string; readonly layers: TopologyLayer[] };
  };
  readonly weightsManifest: readonly { readonly weights: readonly { name: string; shape: number[] }[] }[];
}

export const storedLayers = (topology: string): readonly TopologyLayer[] =>
  (JSON.parse(topology) as Topology).modelTopology.config.layers;

/** From the two files of the stock TF.js layers format. */
export function storedNetwork(topology: string, bytes: Uint8Array): StoredNetwork {
  const { modelTopology, weightsManifest } = JSON.parse(topology) as Topology;
  const weights = new Map<string, StoredWeight>();
  let offset = 0;
  for (const { name, shape } of weightsManifest.flatMap((group) => group.weights)) {
    const end = offset + 4 * shape.reduce((product, side) => product * side, 1);
    const values = new Float32Array(Uint8Array.from(bytes.subarray(offset, end)).buffer);
    weights.set(name, { name, shape, values });
    offset = end;
  }
  const { class_name, config } = modelTopology;
  const { name, layers } = config;
  return { name, isSequential: class_name === 'Sequential', layers, weights };
}
