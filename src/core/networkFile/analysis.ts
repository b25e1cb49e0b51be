import type { Images } from '../data/images';
import { layerFaults } from '../network/faults';
import { type Footprint, totalCost } from '../network/footprint';
import type { NetworkSpec } from '../network/network';
import { type FaultPlace, NetworkError, type NetworkProblem } from '../network/networkError';
import { parseNetwork, readablePart } from '../network/parse';
import { allLayers, type PlacedLayer, tryPlacing } from '../network/place';
import { readableSize } from '../network/summaryTable';
import type { Words } from '../words';
import { NetworkDocument, type TextRange } from './networkDocument';

/** What a network in a file would be trained with. */
export interface NetworkUse {
  readonly images: Images;
  readonly batchSize: number;
}

/** Replaces a part of the text by another. */
export interface Replacement {
  readonly range: TextRange;
  readonly text: string;
}

export interface FileProblem {
  readonly severity: 'error' | 'warning';
  readonly range: TextRange;
  /** The layer's, or '' for the network. */
  readonly path: string;
  readonly words: Words;
  /** Each of which does away with it, the likeliest first. */
  readonly fixes: readonly Replacement[];
}

/** A layer where it stands in its network and in the text. */
export interface FileLayer {
  readonly placed: PlacedLayer;
  readonly range: TextRange;
  /** Where something can be said of it: behind its line, or, where it has several, behind its kind. */
  readonly hint: number;
}

export interface NetworkAnalysis {
  readonly use: NetworkUse;
  readonly document: NetworkDocument;
  readonly problems: readonly FileProblem[];
  /** As far as it can be told where they stand, those of branches before the one that joins them. */
  readonly layers: readonly FileLayer[];
  /** The same as a tree. */
  readonly tree: readonly PlacedLayer[];
  readonly name: string;
  /** The first layer that can't be read, with which the tree ends; null: it has all. */
  readonly unread: string | null;
  /** Null where there is an error. */
  readonly total: Footprint | null;
}

/** Sentences about what is right, but may not be wanted. */
export const fileWarnings = {
  layer: "this layer's activations take {0} at batch size {1}",
  network: 'the activations of this network take {0} at batch size {1}',
} as const;

/** From here on a layer's activations are worth a warning: a few such layers fill a graphics card. */
const heavyBytes = 1024 ** 3;
/** Those of all layers, which training keeps for the gradients: WebAssembly has no more memory than this. */
const heavyNetworkBytes = 4 * 1024 ** 3;
const floatBytes = 4;

/** The layer that a place in the text belongs to, the innermost. */
export function layerAt({ layers }: NetworkAnalysis, offset: number): FileLayer | null {
  const around = layers.filter(
    ({ range }) => offset >= range.offset && offset <= range.offset + range.length,
  );
  return around.toSorted((a, b) => a.range.length - b.range.length)[0] ?? null;
}

/** Everything that can be said of a network in a file without building it, at each state of its text. */
export function analyzeNetwork(text: string, use: NetworkUse): NetworkAnalysis {
  const document = new NetworkDocument(text);
  const { network, problems } = read(document.value);
  const { shape, classes } = use.images;
  const placing = network ? tryPlacing(network, shape, classes) : { layers: [], problems: [] };
  const all = [...allLayers(placing.layers)];
  const errors = [...problems, ...placing.problems.filter((problem) => isSure(problem, problems))];
  const total = errors.length === 0 ? totalCost(all) : null;
  return {
    use,
    document,
    problems: [
      ...errors.map((problem) => located(document, problem)),
      ...(total ? heavyNetwork(document, total, use.batchSize) : []),
      ...all.flatMap((layer) => heavy(document, layer, use.batchSize)),
    ],
    layers: all.flatMap((layer) => inText(document, layer)),
    tree: placing.layers,
    name: network?.name ?? '',
    unread: unreadIn(document.value, network?.layers.length ?? 0),
    total,
  };
}

/** Whoever has not read all of a layer can't say that it does not fit; nor that the last one does not, unless it is. */
const isSure = ({ path, words }: NetworkProblem, unread: readonly NetworkProblem[]): boolean =>
  unread.length === 0 || (words[0] !== layerFaults.logits && unread.every((each) => each.path !== path));

function read(value: unknown): { network: NetworkSpec | null; problems: readonly NetworkProblem[] } {
  try {
    return { network: parseNetwork(value), problems: [] };
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return { network: readablePart(value), problems: error.problems };
  }
}

function unreadIn(value: unknown, read: number): string | null {
  const { layers } = (value ?? {}) as { layers?: unknown };
  return Array.isArray(layers) && layers.length > read ? `layers[${read}]` : null;
}

function located(document: NetworkDocument, { path, words, place }: NetworkProblem): FileProblem {
  const range = place ? rangeOf(document, path, place) : document.mark(path);
  const replacements: readonly unknown[] = Object.values(place?.instead ?? {}).flat();
  const fixes = replacements.map((each) => ({ range, text: JSON.stringify(each) }));
  return { severity: 'error', range, path, words, fixes };
}

function rangeOf(document: NetworkDocument, path: string, { field, instead }: FaultPlace): TextRange {
  const isName = instead !== undefined && 'names' in instead;
  return (isName && document.fieldName(path, field)) || document.field(path, field);
}

function heavy(document: NetworkDocument, { path, cost }: PlacedLayer, batchSize: number): FileProblem[] {
  const bytes = floatBytes * cost.activations * batchSize;
  if (bytes < heavyBytes) return [];
  const words: Words = [fileWarnings.layer, readableSize(bytes), batchSize];
  return [{ severity: 'warning', range: document.mark(path), path, words, fixes: [] }];
}

function heavyNetwork(
  document: NetworkDocument,
  { activations }: Footprint,
  batchSize: number,
): FileProblem[] {
  const bytes = floatBytes * activations * batchSize;
  const range = document.fieldName('', 'layers');
  if (bytes < heavyNetworkBytes || !range) return [];
  const words: Words = [fileWarnings.network, readableSize(bytes), batchSize];
  return [{ severity: 'warning', range, path: '', words, fixes: [] }];
}

function inText(document: NetworkDocument, placed: PlacedLayer): FileLayer[] {
  const range = document.layer(placed.path);
  if (!range) return [];
  const said = document.isBroken(range) ? document.mark(placed.path) : range;
  return [{ placed, range, hint: document.behind(said) }];
}
