import { drawable, type Line } from './lines';
import { cssColor } from './palette';
import { spreadOut } from './spreadOut';
import { positionX, positionY, type View } from './view';

/** In CSS pixels: from one label to the next, and about what a letter takes. */
const lineHeight = 13;
const letterWidth = 6;

/** What a line is called where it ends; empty: nothing. */
export type EndLabelOf = (line: Line) => string;

/** A name at the end of each model's line: of its validation, where it has one, else of its training. */
export class EndLabels {
  readonly #labels = document.createElement('div');

  /** `area`: the plotting area. */
  constructor(area: HTMLElement) {
    this.#labels.className = 'end-labels';
    this.#labels.ariaHidden = 'true';
    area.append(this.#labels);
  }

  place(lines: readonly Line[], labelOf: EndLabelOf, view: View): void {
    const ends = new Map<string, End>();
    for (const line of lines) {
      const end = line.faint ? null : endOf(line, view);
      const text = end && labelOf(line);
      if (end && text) ends.set(`${line.run}/${line.model}`, { ...end, text });
    }
    const [width, height] = [view.width / view.density, view.height / view.density];
    const sorted = [...ends.values()].sort((a, b) => a.top - b.top);
    const tops = spreadOut(
      sorted.map(({ top }) => top),
      lineHeight,
      height - lineHeight / 2,
    );
    while (this.#labels.childElementCount > sorted.length) this.#labels.lastChild!.remove();
    while (this.#labels.childElementCount < sorted.length)
      this.#labels.append(document.createElement('span'));
    for (const [i, end] of sorted.entries())
      show(this.#labels.children[i] as HTMLElement, { ...end, top: tops[i]! }, width);
  }
}

interface End {
  readonly left: number;
  readonly top: number;
  readonly color: string;
  readonly text: string;
}

/** The last point in view; null: there is none. */
function endOf({ x, y, color }: Line, view: View): Omit<End, 'text'> | null {
  for (let i = x.length - 1; i >= 0 && x[i]! >= view.x[0]; i--) {
    if (x[i]! > view.x[1] || !drawable(y[i]!, view.logY)) continue;
    const left = positionX(x[i]!, view) / view.density;
    return { left, top: positionY(y[i]!, view) / view.density, color };
  }
  return null;
}

/** Behind the point where there is room, else up to the edge. What only moves is not laid out again. */
function show(label: HTMLElement, { left, top, color, text }: End, width: number): void {
  if (label.textContent !== text) label.textContent = text;
  label.style.color = cssColor({ color });
  const fits = left + 6 + letterWidth * text.length < width + 20;
  label.classList.toggle('at-edge', !fits);
  label.style.transform = `translate(${fits ? left + 6 : 0}px, ${top}px) translateY(-50%)`;
}
