import type { ImageShape } from '../data/dataset';
import { type AnyLayerSpec, type LayerCost, type LayerKind, LayerProblem } from './layerKind';
import { layerKinds } from './layerKinds';
import type { NetworkSpec } from './network';
import { type Shape, shapeText } from './shape';

/** A layer where it stands in its network. */
export interface PlacedLayer {
  /** "layers[4]". */
  readonly path: string;
  readonly name: string;
  readonly spec: AnyLayerSpec;
  readonly kind: LayerKind;
  readonly input: Shape;
  readonly output: Shape;
  readonly cost: LayerCost;
}

/** A network that can't be built for such images: every layer that is at fault, by its path. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  constructor(
    network: string,
    readonly problems: readonly { readonly path: string; readonly message: string }[],
  ) {
    super(
      `The network "${network}" can't be built: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    );
  }
}

/**
 * Every layer with its shapes, name and cost, before anything is built.
 * @throws NetworkError
 */
export function placeLayers(
  { name: network, layers }: NetworkSpec,
  inputShape: ImageShape,
  classes: number,
): PlacedLayer[] {
  const names = new Names();
  const placed: PlacedLayer[] = [];
  let input: Shape = inputShape;
  for (const [i, spec] of layers.entries()) {
    const kind = layerKinds[spec.kind] as LayerKind;
    const path = `layers[${i}]`;
    try {
      const place = { input, classes };
      const output = kind.outputShape(spec, place);
      placed.push({
        ...{ path, spec, kind, input, output },
        name: names.of(spec, kind),
        cost: kind.cost(spec, place),
      });
      input = output;
    } catch (error) {
      if (!(error instanceof LayerProblem)) throw error;
      // What follows has no shape to be judged by.
      throw new NetworkError(network, [{ path, message: `(${spec.kind}): ${error.message}` }]);
    }
  }
  if (input.length !== 1 || input[0] !== classes)
    throw new NetworkError(network, [
      {
        path: `layers[${layers.length - 1}]`,
        message: `(${layers.at(-1)!.kind}): the last layer must give one logit for each of the ${classes} classes, but gives ${shapeText(input)}`,
      },
    ]);
  return placed;
}

/** Names as Keras gives them: "conv2d", "conv2d_1", unless a layer has one of its own. */
class Names {
  readonly #counts = new Map<string, number>();

  of({ name }: AnyLayerSpec, { kerasName }: LayerKind): string {
    if (name !== undefined) return name;
    const count = this.#counts.get(kerasName) ?? 0;
    this.#counts.set(kerasName, count + 1);
    return count === 0 ? kerasName : `${kerasName}_${count}`;
  }
}
