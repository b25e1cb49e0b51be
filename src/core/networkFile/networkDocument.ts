import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser';

/** Characters of a text, by their places. */
export interface TextRange {
  readonly offset: number;
  readonly length: number;
}

/** A text that should be a network, with faults or without: what is in it, and where. */
export class NetworkDocument {
  readonly #root: Node | undefined;
  /** What can be made out of it as JSON. */
  readonly value: unknown;

  constructor(readonly text: string) {
    this.#root = parseTree(text, [], { allowTrailingComma: true });
    this.value = this.#root && getNodeValue(this.#root);
  }

  /** A layer, "layers[4].main[1]", or the network, "": all of it. */
  layer(path: string): TextRange | undefined {
    return rangeOf(this.#node(segmentsOf(path)));
  }

  /** Where a problem of a layer as a whole is marked: at its kind, or its first character. */
  mark(path: string): TextRange {
    const layer = this.#node(segmentsOf(path));
    const kind = layer && findNodeAtLocation(layer, ['kind']);
    return rangeOf(kind) ?? { offset: layer?.offset ?? 0, length: 1 };
  }

  /** The value of a field, "generator.reductionRatio"; of one that has none, that of what it would be in. */
  field(path: string, field: string): TextRange {
    const names = field.split('.');
    for (let known = names.length; known > 0; known--) {
      const node = this.#node([...segmentsOf(path), ...names.slice(0, known)]);
      if (node) return known === names.length ? rangeOf(node)! : { offset: node.offset, length: 1 };
    }
    return this.mark(path);
  }

  /** The name of a field, its quotes included. */
  fieldName(path: string, field: string): TextRange | undefined {
    return rangeOf(this.#node([...segmentsOf(path), ...field.split('.')])?.parent?.children?.[0]);
  }

  /** Whether a line ends within. */
  isBroken({ offset, length }: TextRange): boolean {
    return this.text.slice(offset, offset + length).includes('\n');
  }

  /** Behind the value that ends there, and behind its comma, if it has one. */
  behind({ offset, length }: TextRange): number {
    const end = offset + length;
    return this.text[end] === ',' ? end + 1 : end;
  }

  #node(segments: (string | number)[]): Node | undefined {
    return this.#root && findNodeAtLocation(this.#root, segments);
  }
}

const rangeOf = (node: Node | undefined): TextRange | undefined =>
  node && { offset: node.offset, length: node.length };

/** "layers[4].main[1]": layers, 4, main, 1. */
const segmentsOf = (path: string): (string | number)[] =>
  (path.match(/[^.[\]]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
