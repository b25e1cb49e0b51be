import * as l10n from '@vscode/l10n';
import { kerasForms } from './kerasForms';
import type { StoredNetwork, StoredWeight, TopologyLayer } from './storedNetwork';

/** A layer in Keras's terms. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  /** Its arguments, without those that every layer has. */
  readonly config: Readonly<Record<string, unknown>>;
  /** [[layer, node, output, arguments], …]: what it is applied to, for each call. */
  readonly inbound: TopologyLayer['inbound_nodes'];
  /** By their places below the layer's group of the weights file. */
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

export interface KerasNetwork {
  readonly name: string;
  readonly isSequential: boolean;
  /** The batch is null. */
  readonly inputShape: unknown;
  readonly layers: readonly KerasLayer[];
}

/** Whether it takes involution_layer.py to load it. */
export const needsLayerSource = ({ layers }: KerasNetwork): boolean =>
  layers.some(({ className }) => className === 'Involution');

/** @throws Error for what neither Keras nor involution_layer.py has */
export function kerasNetwork({ name, isSequential, layers, weights }: StoredNetwork): KerasNetwork {
  return {
    ...{ name, isSequential },
    inputShape: layers[0]!.config.batch_input_shape,
    layers: layers.map((layer) => kerasLayer(layer, weights)),
  };
}

function kerasLayer(layer: TopologyLayer, weights: StoredNetwork['weights']): KerasLayer {
  const { class_name, config, inbound_nodes } = layer;
  const { name } = config;
  const form = Object.hasOwn(kerasForms, class_name) ? kerasForms[class_name]!(config) : null;
  if (!form) throw new Error(noForm(layer));
  // Which of them a layer has, its arguments say: it may be without a bias.
  const placed = new Map(
    Object.entries(form.places).flatMap(([place, weight]) => {
      const stored = weights.get(`${name}/${weight}`);
      return stored ? [[place, stored] as const] : [];
    }),
  );
  const count = [...weights.keys()].filter((weight) => weight.startsWith(`${name}/`)).length;
  if (placed.size !== count) throw new Error(noForm(layer));
  return { name, className: form.className, config: form.config, inbound: inbound_nodes, weights: placed };
}

function noForm({ class_name, config: { name, generator } }: TopologyLayer): string {
  const kind = (generator as { kind?: unknown } | undefined)?.kind;
  if (typeof kind === 'string')
    return l10n.t(
      'The .keras format has no form for the generator "{0}" of the layer "{1}". Export the network in another format.',
      kind,
      name,
    );
  return l10n.t(
    'The .keras format has no form for the layer "{0}" ({1}). Export the network in another format.',
    name,
    class_name,
  );
}
