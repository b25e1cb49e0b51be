import type { Theme } from '../theme';
import { Axes } from './axes';
import { type EndLabelOf, EndLabels } from './endLabels';
import { HoverDots } from './hoverDots';
import { LineLayer } from './lineLayer';
import type { Line, Range } from './lines';
import { rangeY, wholeX, withRoom } from './ranges';
import { positionX, type View, valueX } from './view';

/** What a plot shows. */
export interface PlotContent {
  readonly lines: readonly Line[];
  /** Further lines that the y axis has room for: those of a chart beside this one. */
  readonly scaleWith?: readonly Line[];
  /** The part of the x axis to show; null: all of it. */
  readonly zoom: Range | null;
  /** What the y axis never leaves: [0, 1] for accuracy. */
  readonly limits: Range;
  /** Default: lines have no names where they end. */
  readonly endLabelOf?: EndLabelOf | undefined;
}

export interface PlotLook {
  readonly theme: Theme;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Smaller, for a side panel. */
  readonly compact: boolean;
}

/** A chart that grows, in layers: axes, lines, and what follows the crosshair. Each is drawn again only as far as it changed. */
export class LivePlot {
  /** The plotting area: what the pointer moves over. */
  readonly area = document.createElement('div');
  readonly #axes = new Axes(this.area);
  readonly #lines: LineLayer;
  readonly #ends: EndLabels;
  readonly #dots = new HoverDots(this.area);
  readonly #crosshair = document.createElement('div');
  #content: PlotContent;
  #at: number | null = null;
  #view: View;

  constructor(
    private readonly frame: HTMLElement,
    private readonly look: PlotLook,
    content: PlotContent,
  ) {
    const { theme, compact, logX, logY } = look;
    this.#lines = new LineLayer(theme);
    this.area.className = compact ? 'area compact' : 'area';
    this.#crosshair.className = 'crosshair';
    this.#crosshair.hidden = true;
    this.area.append(this.#lines.element, this.#crosshair);
    this.#ends = new EndLabels(this.area);
    frame.append(this.area);
    this.#content = content;
    const x = content.zoom ?? wholeX(content.lines, logX);
    this.#view = { x, y: this.#rangeY(x, null), logX, logY, ...this.#size() };
    this.#draw();
  }

  /** In CSS pixels. */
  get width(): number {
    return Math.round(this.#view.width / this.#view.density);
  }

  /** Axes stay as they are as long as that shows all. */
  show(content: PlotContent): void {
    const isZoomed = content.zoom !== this.#content.zoom;
    const before = isZoomed ? null : this.#view;
    this.#content = content;
    const x = content.zoom ?? withRoom(wholeX(content.lines, this.look.logX), before?.x ?? null);
    this.#view = { ...this.#view, x, y: this.#rangeY(x, before?.y ?? null) };
    this.#draw();
  }

  /** To the size that the frame has now, on the screen where it is. */
  resize(): void {
    this.#view = { ...this.#view, ...this.#size() };
    this.#draw();
  }

  /** Where the crosshair is on the x axis; null: nowhere. */
  pointAt(x: number | null): void {
    this.#at = x;
    this.#drawCrosshair();
  }

  /** What lies at a part of the way along the x axis. */
  valueAt(part: number): number {
    return valueX(part, this.#view);
  }

  destroy(): void {
    this.frame.replaceChildren();
  }

  #size(): Pick<View, 'width' | 'height' | 'density'> {
    const density = devicePixelRatio;
    const { clientWidth, clientHeight } = this.area;
    return {
      width: Math.round(clientWidth * density),
      height: Math.round(clientHeight * density),
      density,
    };
  }

  #rangeY(x: Range, before: Range | null): Range {
    const { lines, scaleWith = [], limits } = this.#content;
    return rangeY([...lines, ...scaleWith], x, this.look.logY, limits, before);
  }

  #draw(): void {
    // Hidden, or not laid out yet: it is told when it is.
    if (this.#view.width === 0 || this.#view.height === 0) return;
    this.#axes.draw(this.#view);
    const { lines, endLabelOf = () => '' } = this.#content;
    this.#lines.draw(lines, this.#view);
    this.#ends.place(lines, endLabelOf, this.#view);
    this.#drawCrosshair();
  }

  #drawCrosshair(): void {
    const { density, width } = this.#view;
    const left = this.#at === null ? -1 : positionX(this.#at, this.#view);
    this.#crosshair.hidden = !(left >= 0 && left <= width);
    if (!this.#crosshair.hidden) this.#crosshair.style.transform = `translateX(${left / density}px)`;
    this.#dots.place(this.#content.lines, this.#crosshair.hidden ? null : this.#at, this.#view);
  }
}
