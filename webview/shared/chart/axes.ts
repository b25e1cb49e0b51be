import { tick } from '../format';
import { linearTicks, logTicks } from './ticks';
import { isSameView, positionX, positionY, type View } from './view';

/** Room for a label, in CSS pixels. */
const labelWidth = 80;
const labelHeight = 40;

/** The labels of both axes and the grid around the plotting area, as elements; made anew only when they change. */
export class Axes {
  readonly #labels = document.createElement('div');
  readonly #grid = document.createElement('div');
  #drawn: View | null = null;

  /** The grid goes below what else is in the plotting area. */
  constructor(area: HTMLElement) {
    this.#labels.className = 'labels';
    this.#labels.ariaHidden = 'true';
    this.#grid.className = 'grid';
    area.prepend(this.#grid, this.#labels);
  }

  draw(view: View): void {
    if (this.#drawn && isSameView(this.#drawn, view)) return;
    this.#drawn = view;
    const { x, y, logX, logY, density } = view;
    const [width, height] = [view.width / density, view.height / density];
    const onX = (logX ? logTicks : linearTicks)(...x, width / labelWidth);
    const onY = (logY ? logTicks : linearTicks)(...y, height / labelHeight);
    const left = (value: number) => positionX(value, view) / density;
    const top = (value: number) => positionY(value, view) / density;
    this.#labels.replaceChildren(
      ...onX.map((value) => placed('span', 'x', 'left', left(value), tick(value))),
      ...onY.map((value) => placed('span', 'y', 'top', top(value), tick(value))),
    );
    this.#grid.replaceChildren(...onY.map((value) => placed('div', 'rule', 'top', Math.round(top(value)))));
  }
}

function placed(
  element: 'div' | 'span',
  name: string,
  side: 'left' | 'top',
  at: number,
  text = '',
): HTMLElement {
  const made = document.createElement(element);
  made.className = name;
  made.style.setProperty(side, `${at}px`);
  made.textContent = text;
  return made;
}
