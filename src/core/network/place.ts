import type { ImageShape } from '../data/dataset';
import type { Words } from '../words';
import { allSpecs, branchesOf } from './branches';
import { layerFaults } from './faults';
import { type AnyLayerSpec, type FitPlace, type LayerCost, type LayerKind, LayerProblem } from './layerKind';
import { layerKinds } from './layerKinds';
import { Names } from './names';
import type { NetworkSpec } from './network';
import { type FaultPlace, NetworkError, type NetworkProblem } from './networkError';
import { type Shape, shapeText } from './shape';

/** A layer where it stands in its network. */
export interface PlacedLayer extends FitPlace {
  /** "layers[4].main[1]". */
  readonly path: string;
  readonly name: string;
  readonly spec: AnyLayerSpec;
  readonly kind: LayerKind;
  /** Its own layers in series, if it has any, by the name of the field; each begins with its input. */
  readonly branches: Readonly<Record<string, readonly PlacedLayer[]>>;
  /** Its own, without the layers of its branches. */
  readonly cost: LayerCost;
}

/**
 * Every layer with its shapes, name and cost, before anything is built.
 * @throws NetworkError that names everything that is wrong with any layer
 */
export function placeLayers(network: NetworkSpec, inputShape: ImageShape, classes: number): PlacedLayer[] {
  const { layers, problems } = tryPlacing(network, inputShape, classes);
  if (problems.length > 0) throw new NetworkError(network.name, problems);
  return layers;
}

/** The layers as far as it can be told where they stand, and everything that is wrong with any. */
export function tryPlacing(
  network: NetworkSpec,
  inputShape: ImageShape,
  classes: number,
): { layers: PlacedLayer[]; problems: NetworkProblem[] } {
  const placement = new Placement(network, classes);
  const { placed, output } = placement.series(network.layers, 'layers', inputShape);
  if (output && (output.length !== 1 || output[0] !== classes)) {
    const last = network.layers.at(-1)!;
    placement.fault(
      last,
      `layers[${network.layers.length - 1}]`,
      [layerFaults.logits, classes, shapeText(output)],
      // A dense layer's, which has a word for it.
      'units' in last ? { field: 'units', instead: { values: ['classes'] } } : undefined,
    );
  }
  return { layers: placed, problems: placement.problems };
}

/** All layers in the order in which they are computed: those of branches before the one that joins them. */
export function* allLayers(layers: readonly PlacedLayer[]): Generator<PlacedLayer> {
  for (const layer of layers) {
    for (const branch of Object.values(layer.branches)) yield* allLayers(branch);
    yield layer;
  }
}

/** Layers in series; the output is null where it can't be told, and then so is all that follows. */
interface Series {
  readonly placed: PlacedLayer[];
  readonly output: Shape | null;
}

class Placement {
  readonly problems: NetworkProblem[] = [];
  readonly #names: Names;

  constructor(
    { layers }: NetworkSpec,
    private readonly classes: number,
  ) {
    this.#names = new Names([...allSpecs(layers)].map(({ name }) => name));
  }

  fault({ kind }: AnyLayerSpec, path: string, words: Words, place?: FaultPlace): void {
    this.problems.push({ path, kind, words, place });
  }

  series(specs: readonly AnyLayerSpec[], path: string, input: Shape | null): Series {
    const placed: PlacedLayer[] = [];
    let output = input;
    for (const [i, spec] of specs.entries()) {
      const layer = this.#place(spec, `${path}[${i}]`, output);
      if (layer) placed.push(layer);
      output = layer?.output ?? null;
    }
    return { placed, output };
  }

  #place(spec: AnyLayerSpec, path: string, input: Shape | null): PlacedLayer | null {
    const kind = layerKinds[spec.kind] as LayerKind;
    const found = this.problems.length;
    const fault = (words: Words, where?: FaultPlace) => this.fault(spec, path, words, where);
    const series = Object.entries(branchesOf(spec)).map(
      ([field, layers]) => [field, this.series(layers, `${path}.${field}`, input)] as const,
    );
    const name = this.#names.of(spec, kind, path, fault);
    if (input === null || series.some(([, { output }]) => output === null)) return null;
    const shapes = Object.fromEntries(series.map(([field, { output }]) => [field, output!]));
    const place = { input, classes: this.classes };
    const branches = Object.fromEntries(series.map(([field, { placed }]) => [field, placed]));
    try {
      const output = kind.outputShape(spec, { ...place, branches: shapes }, fault);
      const isFit = this.problems.length === found;
      const cost = isFit ? kind.cost(spec, { ...place, output }) : nothing;
      return { ...place, path, name, spec, kind, branches, output, cost };
    } catch (error) {
      if (!(error instanceof LayerProblem)) throw error;
      fault(error.words);
      return null;
    }
  }
}

/** Of a layer that stands in a network that can't be built. */
const nothing: LayerCost = { parameters: 0, statistics: 0, macs: 0, activations: 0 };
