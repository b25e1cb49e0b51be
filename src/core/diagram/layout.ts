import { type Shape, shapeText } from '../network/shape';
import type { LayerOutline } from './outline';

/** How large things are, in pixels. */
export interface DiagramStyle {
  /** Of the cheapest layer, and of the one that takes most multiply–accumulates. */
  readonly boxWidth: readonly [least: number, most: number];
  readonly boxHeight: number;
  /** Between one box and the next, where the shape stands. */
  readonly gap: number;
  /** Beside a box, for the shape of the edge next to it. */
  readonly labelWidth: number;
}

export interface DiagramBox {
  readonly layer: LayerOutline;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where branches meet: a circle. */
  readonly isJoin: boolean;
}

export interface DiagramEdge {
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The shape of what flows along, and where its text begins; none where it was said just before. */
  readonly label: { readonly text: string; readonly x: number; readonly y: number } | null;
  readonly hasArrow: boolean;
}

export interface Diagram {
  readonly width: number;
  readonly height: number;
  /** From the top to the bottom; branches one after the other, before the join. */
  readonly boxes: readonly DiagramBox[];
  readonly edges: readonly DiagramEdge[];
}

const margin = 12;
/** Of a shape from its edge. */
const labelDistance = 6;

/**
 * A network as a column: layers beneath each other, branches side by side, the shape on every edge. Boxes are the wider,
 * the more multiply–accumulates a layer takes, by the root, so that small ones differ too.
 */
export function layoutDiagram(layers: readonly LayerOutline[], style: DiagramStyle): Diagram {
  const layout = new Layout(style, mostMacs(layers));
  const column = layout.series(layers);
  const axis = margin + column.left;
  const top = margin + style.gap;
  const drawing: Drawing = { boxes: [], edges: [] };
  if (layers.length > 0) {
    drawing.edges.push(layout.into(layers[0]!, axis, top));
    column.draw(drawing, axis, top);
    drawing.edges.push(layout.down(layers.at(-1)!.output, axis, top + column.height + style.gap));
  }
  return {
    width: 2 * margin + column.left + column.right,
    height: 2 * margin + 2 * style.gap + column.height,
    ...drawing,
  };
}

const mostMacs = (layers: readonly LayerOutline[]): number =>
  layers.reduce((most, { cost, branches }) => Math.max(most, cost.macs, ...branches.map(mostMacs)), 0);

interface Drawing {
  readonly boxes: DiagramBox[];
  readonly edges: DiagramEdge[];
}

/** Something that is drawn around a vertical line, on which it begins and ends. */
interface Part {
  /** How far it reaches on either side. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  draw(drawing: Drawing, axis: number, top: number): void;
}

type Points = DiagramEdge['points'];

class Layout {
  readonly #style: DiagramStyle;
  readonly #most: number;

  constructor(style: DiagramStyle, most: number) {
    this.#style = style;
    this.#most = most;
  }

  series(layers: readonly LayerOutline[]): Part {
    const parts = layers.map((layer) =>
      layer.branches.length > 0 ? this.#branched(layer) : this.#box(layer),
    );
    const { gap } = this.#style;
    return {
      left: Math.max(0, ...parts.map(({ left }) => left)),
      right: Math.max(0, ...parts.map(({ right }) => right)),
      height: parts.reduce((sum, { height }) => sum + height, Math.max(0, parts.length - 1) * gap),
      draw: (drawing, axis, top) => {
        let y = top;
        for (const [i, part] of parts.entries()) {
          if (i > 0) drawing.edges.push(this.into(layers[i]!, axis, y));
          part.draw(drawing, axis, y);
          y += part.height + gap;
        }
      },
    };
  }

  /** Straight down to where a layer begins; one with branches has the arrows behind the fork. */
  into({ input, branches }: LayerOutline, axis: number, y: number): DiagramEdge {
    return { ...this.down(input, axis, y), hasArrow: branches.length === 0 };
  }

  /** Straight down to y, with the shape beside its middle. */
  down(shape: Shape, axis: number, y: number): DiagramEdge {
    const { gap } = this.#style;
    const points: Points = [
      [axis, y - gap],
      [axis, y],
    ];
    const label = { text: shapeText(shape), x: axis + labelDistance, y: y - gap / 2 };
    return { points, label, hasArrow: true };
  }

  #box(layer: LayerOutline): Part {
    const { boxHeight: height, labelWidth } = this.#style;
    const width = this.#widthOf(layer);
    return {
      left: width / 2,
      right: Math.max(width / 2, labelWidth),
      height,
      draw: ({ boxes }, axis, y) =>
        boxes.push({ layer, x: axis - width / 2, y, width, height, isJoin: false }),
    };
  }

  /** Branches side by side, the first one straight on; what they give meets in a circle beneath it. */
  #branched(layer: LayerOutline): Part {
    const { gap, boxHeight: joinSize } = this.#style;
    const branches = layer.branches.map((each) => this.series(each));
    // Where each one's line is, from the first one's; an empty one is a line.
    const lines: number[] = [];
    let end = 0;
    for (const [i, { left, right }] of branches.entries()) {
      lines.push(i === 0 ? 0 : end + gap / 2 + Math.max(left, gap / 4));
      end = lines[i]! + Math.max(right, gap / 4);
    }
    const tallest = Math.max(...branches.map(({ height }) => height));
    const height = gap + tallest + gap + joinSize;
    return {
      left: Math.max(branches[0]!.left, joinSize / 2),
      right: end,
      height,
      draw: (drawing, axis, top) => {
        const [fork, join] = [top + gap / 2, top + height - joinSize / 2];
        for (const [i, branch] of branches.entries()) {
          const [x, first] = [axis + lines[i]!, top + gap];
          const layers = layer.branches[i]!;
          if (layers.length > 0) {
            drawing.edges.push(
              this.#silent(
                [
                  [axis, top],
                  [axis, fork],
                  [x, fork],
                  [x, first],
                ],
                true,
              ),
            );
            branch.draw(drawing, x, first);
          } else
            drawing.edges.push(
              this.#silent(
                [
                  [axis, fork],
                  [x, fork],
                  [x, first],
                ],
                false,
              ),
            );
          const last = first + branch.height;
          const end: Points =
            i === 0
              ? [
                  [x, last],
                  [x, join - joinSize / 2],
                ]
              : [
                  [x, last],
                  [x, join],
                  [axis + joinSize / 2, join],
                ];
          drawing.edges.push(this.#into(end, layers));
        }
        const [x, y] = [axis - joinSize / 2, join - joinSize / 2];
        drawing.boxes.push({ layer, x, y, width: joinSize, height: joinSize, isJoin: true });
      },
    };
  }

  /** The shape stands where the branch ends; of an empty one it is known. */
  #into(points: Points, layers: readonly LayerOutline[]): DiagramEdge {
    const [x, y] = points[0]!;
    const last = layers.at(-1);
    const label = last
      ? { text: shapeText(last.output), x: x + labelDistance, y: y + this.#style.gap / 2 }
      : null;
    return { points, label, hasArrow: true };
  }

  #silent(points: Points, hasArrow: boolean): DiagramEdge {
    return { points, label: null, hasArrow };
  }

  #widthOf({ cost }: LayerOutline): number {
    const [least, most] = this.#style.boxWidth;
    const share = this.#most === 0 ? 0 : Math.sqrt(cost.macs / this.#most);
    return Math.round(least + (most - least) * share);
  }
}
