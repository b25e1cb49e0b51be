import type { Theme } from '../theme';
import { drawable, type Line, showsPoints } from './lines';
import { reach, strokeLine } from './strokeLine';
import { isSameSize, isSameView, positionX, type View } from './view';

/** In pixels of the canvas. Whatever little is drawn on it, a browser copies the whole of a canvas. */
const stripWidth = 128;

/**
 * The lines of a chart, on canvases side by side. While axes and size stay, only what lies to the right of the first point
 * that changed is drawn again: as it would be if all were.
 */
export class LineLayer {
  readonly element = document.createElement('div');
  #strips: readonly CanvasRenderingContext2D[] = [];
  #drawn: { readonly lines: readonly Line[]; readonly view: View } | null = null;

  constructor(private readonly theme: Theme) {}

  draw(lines: readonly Line[], view: View): void {
    const before = this.#drawn;
    this.#drawn = { lines, view };
    if (!before || !isSameSize(before.view, view)) this.#strips = this.#newStrips(view);
    const isSame = before !== null && isSameView(before.view, view);
    const [left, right] = isSame ? changedStretch(before.lines, lines, view) : [0, view.width];
    for (const [i, strip] of this.#strips.entries()) {
      const [begin, end] = [i * stripWidth, i * stripWidth + strip.canvas.width];
      if (begin >= right || end <= left) continue;
      this.#drawStrip(strip, begin, [Math.max(begin, left), Math.min(end, right)], lines, view);
    }
  }

  /** `begin`: where the strip begins; of it, what comes between `left` and `right`. */
  #drawStrip(
    strip: CanvasRenderingContext2D,
    begin: number,
    [left, right]: readonly [number, number],
    lines: readonly Line[],
    view: View,
  ): void {
    strip.save();
    strip.translate(-begin, 0);
    strip.beginPath();
    strip.rect(left, 0, right - left, view.height);
    strip.clip();
    strip.clearRect(left, 0, right - left, view.height);
    for (const line of lines) strokeLine(strip, line, view, [left, right], this.theme);
    strip.restore();
  }

  #newStrips({ width, height, density }: View): CanvasRenderingContext2D[] {
    const canvases = Array.from({ length: Math.ceil(width / stripWidth) }, (_, i) => {
      const canvas = document.createElement('canvas');
      canvas.width = Math.min(stripWidth, width - i * stripWidth);
      canvas.height = height;
      canvas.style.left = `${(i * stripWidth) / density}px`;
      canvas.style.width = `${canvas.width / density}px`;
      return canvas;
    });
    this.element.replaceChildren(...canvases);
    return canvases.map((canvas) => canvas.getContext('2d')!);
  }
}

/** Where on the canvas lines look otherwise than before; none of it where left is not below right. */
function changedStretch(
  before: readonly Line[],
  now: readonly Line[],
  view: View,
): readonly [number, number] {
  const whole = [0, view.width] as const;
  if (before.length !== now.length) return whole;
  const begins = now.map((line, i) => {
    const from = changeOf(before[i]!, line, view.logY);
    return Number.isFinite(from) ? Math.floor(positionX(from, view)) - reach(line, view) : from;
  });
  const ends = [...before, ...now].map((line) => {
    const last = line.x.at(-1);
    return last === undefined ? 0 : Math.ceil(positionX(last, view)) + reach(line, view);
  });
  return [Math.max(0, Math.min(...begins)), Math.min(view.width, Math.max(...ends))];
}

/** The x from which on a line looks otherwise: Infinity where nothing changed, −Infinity where all did. */
function changeOf(before: Line, now: Line, logY: boolean): number {
  const looksAlike =
    before.id === now.id &&
    before.color === now.color &&
    before.dash === now.dash &&
    before.faint === now.faint &&
    showsPoints(before, logY) === showsPoints(now, logY);
  if (!looksAlike) return -Infinity;
  const most = Math.max(before.x.length, now.x.length);
  let same = 0;
  while (same < most && before.x[same] === now.x[same] && Object.is(before.y[same], now.y[same])) same++;
  if (same === most) return Infinity;
  // The line comes from the last point that was drawn.
  for (let i = same - 1; i >= 0; i--) if (drawable(now.y[i]!, logY)) return now.x[i]!;
  return -Infinity;
}
