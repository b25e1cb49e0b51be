import * as l10n from '@vscode/l10n';
import type { Ref } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import {
  type DiagramBox,
  type DiagramEdge,
  type Diagram as DiagramLayout,
  type DiagramStyle,
  layoutDiagram,
} from '../../../src/core/diagram/layout';
import type { LayerOutline } from '../../../src/core/diagram/outline';
import { count, integer } from '../format';
import { isPlain, kindColor } from './kindColor';
import { LayerFacts } from './LayerFacts';
import { boxByKey } from './navigation';

const wide: DiagramStyle = { boxWidth: [132, 220], boxHeight: 24, gap: 24, labelWidth: 76 };
const narrow: DiagramStyle = { boxWidth: [112, 136], boxHeight: 24, gap: 22, labelWidth: 66 };
/** Below this many pixels. */
const narrowBelow = 420;
/** Of the drawing's font. */
const letterWidth = 6.1;

interface DiagramProps {
  readonly layers: readonly LayerOutline[];
  readonly label: string;
  /** What is wrong with layers, by their paths. */
  readonly faults?: ReadonlyMap<string, string>;
  readonly selected: string | null;
  readonly onSelect: (path: string) => void;
  /** Enter, or a double click. */
  readonly onOpen?: (path: string) => void;
  /** Said at its end: there is more that is not shown. */
  readonly end?: string | null;
  readonly svg?: Ref<SVGSVGElement>;
}

/** A network as boxes and edges: layers are pointed at, clicked, or gone through with the arrow keys. */
export function Diagram({ layers, label, faults, selected, onSelect, onOpen, end, svg }: DiagramProps) {
  const id = useId();
  const [frame, width] = useWidth();
  const [hovered, setHovered] = useState<string | null>(null);
  const layout = useMemo(
    () => layoutDiagram(layers, width < narrowBelow ? narrow : wide),
    [layers, width < narrowBelow],
  );
  const at = (path: string | null) => layout.boxes.find(({ layer }) => layer.path === path);
  const current = at(selected);
  useEffect(() => {
    if (selected !== null) document.getElementById(`${id}${selected}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, selected]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && current) onOpen?.(current.layer.path);
    else {
      const next = boxByKey(layout.boxes, current, event.key);
      if (!next) return;
      onSelect(next.layer.path);
    }
    event.preventDefault();
  }

  return (
    <div class="diagram" ref={frame}>
      <div
        role="listbox"
        aria-label={label}
        aria-activedescendant={current && id + current.layer.path}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <svg
          ref={svg}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width}
          height={layout.height}
          role="presentation"
        >
          <Edges layout={layout} />
          {layout.boxes.map((box) => (
            <g
              key={box.layer.path}
              id={id + box.layer.path}
              class={classOf(box, faults)}
              style={{ '--layer': kindColor(box.layer.kind) }}
              role="option"
              aria-selected={box === current}
              aria-label={spoken(box, faults)}
              onClick={() => onSelect(box.layer.path)}
              onDblClick={() => onOpen?.(box.layer.path)}
              onPointerEnter={() => setHovered(box.layer.path)}
              onPointerLeave={() => setHovered(null)}
            >
              <Box box={box} />
            </g>
          ))}
        </svg>
      </div>
      {end && <p class="end problem">{end}</p>}
      <LayerFacts
        layer={(at(hovered) ?? current)?.layer ?? null}
        fault={faults?.get(hovered ?? selected ?? '')}
      />
    </div>
  );
}

function Box({ box: { layer, x, y, width, height, isJoin } }: { box: DiagramBox }) {
  const middle = y + height / 2;
  if (isJoin)
    return (
      <>
        <circle cx={x + width / 2} cy={middle} r={width / 2} />
        <text x={x + width / 2} y={middle} class="sign">
          +
        </text>
      </>
    );
  return (
    <>
      <rect x={x} y={y} width={width} height={height} rx={3} />
      <text x={x + width / 2} y={middle}>
        {shortened(layer.title, width)}
      </text>
    </>
  );
}

function Edges({ layout }: { layout: DiagramLayout }) {
  return (
    <g>
      {layout.edges.map((edge, i) => (
        <g key={i} class="edge">
          <path d={pathOf(edge)} />
          {edge.hasArrow && <path class="arrow" d={arrowOf(edge)} />}
          {edge.label && (
            <text x={edge.label.x} y={edge.label.y}>
              {edge.label.text}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

const classOf = ({ layer }: DiagramBox, faults: DiagramProps['faults']): string =>
  ['layer', isPlain(layer.kind) ? 'plain' : '', faults?.has(layer.path) ? 'faulty' : '']
    .filter(Boolean)
    .join(' ');

const pathOf = ({ points }: DiagramEdge): string => `M${points.map(([x, y]) => `${x} ${y}`).join('L')}`;

/** At the end, in the direction of the last part. */
function arrowOf({ points }: DiagramEdge): string {
  const [[fromX, fromY], [x, y]] = [points.at(-2)!, points.at(-1)!];
  const [dx, dy] = [Math.sign(x - fromX), Math.sign(y - fromY)];
  const [backX, backY] = [x - 5 * dx, y - 5 * dy];
  return `M${x} ${y}L${backX + 3 * dy} ${backY + 3 * dx}L${backX - 3 * dy} ${backY - 3 * dx}Z`;
}

function shortened(text: string, width: number): string {
  const most = Math.floor((width - 8) / letterWidth);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function spoken({ layer }: DiagramBox, faults: DiagramProps['faults']): string {
  const { title, name, output, cost, path } = layer;
  return [
    title,
    name,
    output.join('×'),
    l10n.t('{0} parameters', integer(cost.parameters)),
    l10n.t('{0} multiply–accumulates per image', count(cost.macs)),
    faults?.get(path) ?? '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** The width of an element as it is laid out. */
function useWidth(): [Ref<HTMLDivElement>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
