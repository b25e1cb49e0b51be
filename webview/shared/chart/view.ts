import type { Range } from './lines';

/** Where values lie in the plotting area: the ranges of the axes, and its size in pixels of a canvas. */
export interface View {
  readonly x: Range;
  readonly y: Range;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas to one of CSS. */
  readonly density: number;
}

export const positionX = (x: number, view: View): number => share(x, view.x, view.logX) * view.width;
export const positionY = (y: number, view: View): number => (1 - share(y, view.y, view.logY)) * view.height;

/** What lies at a part of the way along the x axis. */
export function valueX(part: number, { x: [min, max], logX }: View): number {
  return logX ? min * (max / min) ** part : min + (max - min) * part;
}

function share(value: number, [min, max]: Range, log: boolean): number {
  // What is not above 0 lies beyond the left end.
  return log
    ? Math.log(Math.max(value, Number.MIN_VALUE) / min) / Math.log(max / min)
    : (value - min) / (max - min);
}

export function isSameView(a: View, b: View): boolean {
  return (
    isSameRange(a.x, b.x) &&
    isSameRange(a.y, b.y) &&
    a.logX === b.logX &&
    a.logY === b.logY &&
    isSameSize(a, b)
  );
}

export const isSameSize = (a: View, b: View): boolean =>
  a.width === b.width && a.height === b.height && a.density === b.density;

const isSameRange = (a: Range, b: Range) => a[0] === b[0] && a[1] === b[1];
