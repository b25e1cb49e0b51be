/** A shorter stretch was a click with an unsteady hand. */
const shortest = 4;

export interface PointerEvents {
  /** The pointer is here, as a part of the width; null: it left. */
  onHover(part: number | null): void;
  /** A stretch was dragged over. */
  onStretch(from: number, to: number): void;
  onDoubleClick(): void;
}

/** Follows the pointer over `area` until `signal` aborts: hovering, and where `canDrag` a stretch to drag over, shown as it grows. */
export function followPointer(
  area: HTMLElement,
  canDrag: boolean,
  { onHover, onStretch, onDoubleClick }: PointerEvents,
  signal: AbortSignal,
): void {
  const selection = document.createElement('div');
  selection.className = 'selection';
  selection.hidden = true;
  area.append(selection);
  let begin: number | null = null;
  const place = (event: PointerEvent) => {
    const { left, width } = area.getBoundingClientRect();
    return { at: Math.max(0, Math.min(width, event.clientX - left)), width };
  };
  const end = () => {
    begin = null;
    selection.hidden = true;
  };
  const listen = <K extends keyof HTMLElementEventMap>(
    name: K,
    hear: (event: HTMLElementEventMap[K]) => void,
  ) => area.addEventListener(name, hear, { signal });

  listen('pointermove', (event) => {
    const { at, width } = place(event);
    onHover(at / width);
    if (begin === null) return;
    selection.hidden = Math.abs(at - begin) < shortest;
    selection.style.left = `${Math.min(at, begin)}px`;
    selection.style.width = `${Math.abs(at - begin)}px`;
  });
  listen('pointerleave', () => {
    if (begin === null) onHover(null);
  });
  listen('pointercancel', end);
  listen('dblclick', onDoubleClick);
  if (!canDrag) return;
  listen('pointerdown', (event) => {
    if (event.button !== 0) return;
    begin = place(event).at;
    area.setPointerCapture(event.pointerId);
  });
  listen('pointerup', (event) => {
    const { at, width } = place(event);
    if (begin !== null && Math.abs(at - begin) >= shortest)
      onStretch(Math.min(at, begin) / width, Math.max(at, begin) / width);
    end();
  });
}
