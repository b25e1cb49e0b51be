import { describe, expect, it } from 'vitest';
import { type Diagram, type DiagramBox, layoutDiagram } from '../../../src/core/diagram/layout';
import { allOutlines, outlineOf } from '../../../src/core/diagram/outline';
import type { LayerSpecInput } from '../../../src/core/network/network';
import { parseNetwork } from '../../../src/core/network/parse';
import { placeLayers } from '../../../src/core/network/place';
import { presetNetwork, presets } from '../../../src/core/network/presets/presets';
import { boxByKey } from '../../../webview/shared/diagram/navigation';

const style = { boxWidth: [100, 200], boxHeight: 20, gap: 30, labelWidth: 60 } as const;
const outline = (layers: LayerSpecInput[]) =>
  outlineOf(placeLayers(parseNetwork({ name: 'test', layers }), [8, 8, 3], 10));
const head = [{ kind: 'flatten' }, { kind: 'dense', units: 'classes' }];
const convolution = (filters: number, fields = {}) => ({ kind: 'convolution', filters, ...fields });

const rectangles = ({ boxes }: Diagram) =>
  boxes.map(({ layer, x, y, width, height }) => [layer.path, x, y, width, height]);

describe('a diagram', () => {
  it('is a column of boxes, the wider the more they compute, with the shape on each edge', () => {
    // 64·27·4 = 6912, 64·9·4·1 = 2304 and 64·10 multiply–accumulates: roots 1, 1/√3 and 0.3043 of the largest.
    const layers = outline([convolution(4), convolution(1), ...head]);
    const diagram = layoutDiagram(layers, style);
    expect(rectangles(diagram)).toEqual([
      ['layers[0]', 12, 42, 200, 20],
      ['layers[1]', 33, 92, 158, 20],
      ['layers[2]', 62, 142, 100, 20],
      ['layers[3]', 47, 192, 130, 20],
    ]);
    expect([diagram.width, diagram.height]).toEqual([224, 254]);
    expect(diagram.edges.map(({ points, label, hasArrow }) => [points, label, hasArrow])).toEqual([
      [
        [
          [112, 12],
          [112, 42],
        ],
        { text: '8×8×3', x: 118, y: 27 },
        true,
      ],
      [
        [
          [112, 62],
          [112, 92],
        ],
        { text: '8×8×4', x: 118, y: 77 },
        true,
      ],
      [
        [
          [112, 112],
          [112, 142],
        ],
        { text: '8×8×1', x: 118, y: 127 },
        true,
      ],
      [
        [
          [112, 162],
          [112, 192],
        ],
        { text: '64', x: 118, y: 177 },
        true,
      ],
      [
        [
          [112, 212],
          [112, 242],
        ],
        { text: '10', x: 118, y: 227 },
        true,
      ],
    ]);
  });

  it('has branches side by side from a fork, and a circle where they meet', () => {
    const main = [convolution(4), { kind: 'activation' }];
    const shortcut = [convolution(4, { kernelSize: 1 })];
    const diagram = layoutDiagram(outline([{ kind: 'residual', main, shortcut }, ...head]), style);
    const [first, second, beside, join] = diagram.boxes as [DiagramBox, DiagramBox, DiagramBox, DiagramBox];
    expect([first, second, beside, join].map(({ layer }) => layer.path)).toEqual([
      'layers[0].main[0]',
      'layers[0].main[1]',
      'layers[0].shortcut[0]',
      'layers[0]',
    ]);
    // Beneath the fork, in line; the join beneath the taller branch, on the first one's line.
    expect([first.y, beside.y, second.y, join.y]).toEqual([72, 72, 122, 172]);
    expect(join).toMatchObject({ isJoin: true, width: 20, height: 20, x: 102 });
    expect(beside.x).toBe(first.x + first.width + style.gap / 2);
    const centre = beside.x + beside.width / 2;
    expect(diagram.edges.map(({ points, label }) => [points, label?.text ?? null])).toEqual([
      [
        [
          [112, 12],
          [112, 42],
        ],
        '8×8×3',
      ],
      [
        [
          [112, 42],
          [112, 57],
          [112, 57],
          [112, 72],
        ],
        null,
      ],
      [
        [
          [112, 92],
          [112, 122],
        ],
        '8×8×4',
      ],
      [
        [
          [112, 142],
          [112, 172],
        ],
        '8×8×4',
      ],
      [
        [
          [112, 42],
          [112, 57],
          [centre, 57],
          [centre, 72],
        ],
        null,
      ],
      [
        [
          [centre, 92],
          [centre, 182],
          [122, 182],
        ],
        '8×8×4',
      ],
      [
        [
          [112, 192],
          [112, 222],
        ],
        '8×8×4',
      ],
      [
        [
          [112, 242],
          [112, 272],
        ],
        '256',
      ],
      [
        [
          [112, 292],
          [112, 322],
        ],
        '10',
      ],
    ]);
  });

  it('has a line around where a branch is empty', () => {
    const diagram = layoutDiagram(outline([{ kind: 'residual', main: [convolution(3)] }, ...head]), style);
    const around = diagram.edges.filter(({ points }) => points.some(([x]) => x > 212));
    expect(around.map(({ points, hasArrow }) => [points, hasArrow])).toEqual([
      [
        [
          [112, 57],
          [234.5, 57],
          [234.5, 72],
        ],
        false,
      ],
      [
        [
          [234.5, 72],
          [234.5, 132],
          [122, 132],
        ],
        true,
      ],
    ]);
  });

  it.each(Object.keys(presets))('has every layer of %s once, none over another, all within', (id) => {
    const layers = outlineOf(placeLayers(presetNetwork(id), [32, 32, 3], 10));
    const { boxes, edges, width, height } = layoutDiagram(layers, style);
    expect(boxes.map(({ layer }) => layer.path).sort()).toEqual(
      allOutlines(layers)
        .map(({ path }) => path)
        .sort(),
    );
    for (const [i, a] of boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(width);
      expect(a.y + a.height).toBeLessThanOrEqual(height);
      for (const b of boxes.slice(i + 1)) {
        const isApart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(isApart, `${a.layer.path} and ${b.layer.path}`).toBe(true);
      }
    }
    for (const { points } of edges)
      for (const [x, y] of points) {
        expect(x).toBeLessThanOrEqual(width);
        expect(y).toBeLessThanOrEqual(height);
      }
  });

  it('is empty of no layers', () => {
    expect(layoutDiagram([], style)).toMatchObject({ boxes: [], edges: [] });
  });
});

describe('the arrow keys', () => {
  const main = [convolution(4), { kind: 'activation' }];
  const shortcut = [convolution(4, { kernelSize: 1 })];
  const { boxes } = layoutDiagram(outline([{ kind: 'residual', main, shortcut }, ...head]), style);
  const at = (path: string) => boxes.find(({ layer }) => layer.path === path);
  it.each([
    [undefined, 'ArrowDown', 'layers[0].main[0]'],
    [undefined, 'ArrowUp', 'layers[2]'],
    ['layers[0].main[0]', 'ArrowDown', 'layers[0].main[1]'],
    ['layers[0].main[0]', 'ArrowRight', 'layers[0].shortcut[0]'],
    ['layers[0].shortcut[0]', 'ArrowLeft', 'layers[0].main[0]'],
    ['layers[0]', 'ArrowDown', 'layers[1]'],
    ['layers[1]', 'Home', 'layers[0].main[0]'],
    ['layers[1]', 'End', 'layers[2]'],
    ['layers[0].main[0]', 'ArrowUp', undefined],
    ['layers[2]', 'ArrowDown', undefined],
    ['layers[2]', 'ArrowLeft', undefined],
    ['layers[2]', 'x', undefined],
  ])('from %s by %s to %s', (from, key, to) => {
    expect(boxByKey(boxes, from === undefined ? undefined : at(from), key)?.layer.path).toBe(to);
  });
});

describe('the layers of a diagram', () => {
  it('are called by what they do', () => {
    const layers = outline([
      convolution(4, { strides: 2 }),
      { kind: 'activation', function: 'tanh' },
      { kind: 'max-pool' },
      { kind: 'involution', kernelSize: 7 },
      { kind: 'batch-norm' },
      ...head,
    ]);
    expect(layers.map(({ title }) => title)).toEqual([
      'convolution 3×3 /2',
      'tanh',
      'max-pool 2×2',
      'involution 7×7',
      'batch-norm',
      'flatten',
      'dense',
    ]);
  });
});
