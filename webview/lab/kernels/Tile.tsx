import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { cellBox, type Grid, moved, type Position, positionAt } from './grid';

interface TileProps {
  title: string;
  label: string;
  /** The layer's resolution: what the marker snaps to. */
  grid: Grid;
  /** Width ÷ height of the picture. */
  aspect: number;
  marker: Position | null;
  pinned: boolean;
  children: ComponentChildren;
  footer?: ComponentChildren;
  onMove: (position: Position | null) => void;
  /** Click or Enter: stay here, or let go. */
  onPin: (position: Position) => void;
}

/** A picture with a marker on one cell, moved by the pointer or the arrow keys. */
export function Tile({
  title,
  label,
  grid,
  aspect,
  marker,
  pinned,
  children,
  footer,
  onMove,
  onPin,
}: TileProps) {
  const frame = useRef<HTMLButtonElement>(null);
  const under = (event: PointerEvent | MouseEvent): Position => {
    const box = frame.current!.getBoundingClientRect();
    return positionAt(event.clientX - box.left, event.clientY - box.top, box, grid);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return onMove(null);
    const next = moved(marker ?? { row: 0, column: 0 }, event.key, grid);
    if (!next) return;
    event.preventDefault();
    onMove(next);
  };
  const click = (event: MouseEvent) => {
    // A click by keyboard has no place of its own.
    const byPointer = event.detail > 0;
    onPin(byPointer || !marker ? under(event) : marker);
  };
  return (
    <figure class="tile">
      <figcaption title={title}>{title}</figcaption>
      <button
        type="button"
        ref={frame}
        class="tile-frame"
        style={{ aspectRatio: String(aspect) }}
        aria-label={label}
        onPointerMove={(event) => onMove(under(event))}
        onPointerLeave={() => onMove(null)}
        onBlur={() => onMove(null)}
        onKeyDown={key}
        onClick={click}
      >
        {children}
        {marker && <span class={`marker ${pinned ? 'pinned' : ''}`} style={cellBox(marker, grid)} />}
      </button>
      {footer}
    </figure>
  );
}
