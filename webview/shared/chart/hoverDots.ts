import { drawable, type Line, nearestPoint } from './lines';
import { cssColor } from './palette';
import { positionX, positionY, type View } from './view';

/** A dot on each line where the crosshair is: on the point whose value is read out. */
export class HoverDots {
  readonly #dots: HTMLElement[] = [];

  /** `area`: the plotting area. */
  constructor(private readonly area: HTMLElement) {}

  /** `at`: on the x axis; null: nowhere. */
  place(lines: readonly Line[], at: number | null, view: View): void {
    const places =
      at === null ? [] : lines.filter(({ faint }) => !faint).flatMap((line) => placeOf(line, at, view));
    while (this.#dots.length < places.length) this.#dots.push(this.#newDot());
    for (const [i, dot] of this.#dots.entries()) {
      const place = places[i];
      dot.hidden = !place;
      if (!place) continue;
      dot.style.background = cssColor(place);
      dot.style.transform = `translate(${place.left}px, ${place.top}px)`;
    }
  }

  #newDot(): HTMLElement {
    const dot = document.createElement('div');
    dot.className = 'hover-dot';
    this.area.append(dot);
    return dot;
  }
}

function placeOf(line: Line, at: number, view: View) {
  const i = nearestPoint(line.x, line.y, at);
  if (i < 0 || !drawable(line.y[i]!, view.logY)) return [];
  const left = positionX(line.x[i]!, view) / view.density;
  const top = positionY(line.y[i]!, view) / view.density;
  return [{ left, top, color: line.color }];
}
