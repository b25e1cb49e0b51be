import { tick } from '../format';
import { drawable, type Line, type Range } from './lines';
import { linearTicks, logTicks } from './ticks';

/** What a figure is drawn with: by svg.ts as a file of vectors, by raster.ts on a canvas. Both give the same picture. */
export type Shape =
  | { kind: 'rect'; x: number; y: number; width: number; height: number; fill: string }
  | {
      kind: 'polyline';
      /** x, y, x, y …; NaN lifts the pen. */
      points: number[];
      stroke: string;
      width: number;
      dash: readonly number[];
      opacity: number;
    }
  | {
      kind: 'text';
      x: number;
      y: number;
      text: string;
      fill: string;
      size: number;
      anchor: 'start' | 'middle' | 'end';
      bold: boolean;
    };

export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly fontFamily: string;
  readonly shapes: readonly Shape[];
}

/** One chart of a figure. */
export interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly lines: readonly Line[];
  readonly x: Range;
  readonly y: Range;
  readonly logX: boolean;
  readonly logY: boolean;
}

export interface FigureStyle {
  readonly fontFamily: string;
  readonly background: string;
  readonly foreground: string;
  readonly quiet: string;
  readonly rule: string;
  /** The colour of a theme token. */
  readonly color: (token: string) => string;
}

const panelSize = { width: 600, height: 360 };
const inset = { left: 56, right: 16, top: 32, bottom: 44 };
const legendRow = 18;
/** Long enough for a whole period of every dash. */
const legendLine = 44;

/** The charts as they stand, panels in rows of `columns`, under one title, with a legend below. */
export function chartFigure(
  title: string,
  panels: readonly Panel[],
  columns: number,
  style: FigureStyle,
): Figure {
  const legend = legendOf(panels);
  const rows = Math.ceil(panels.length / columns);
  const width = panelSize.width * Math.min(columns, panels.length);
  const body = 40 + rows * panelSize.height;
  const height = body + legend.length * legendRow + 16;
  const shapes: Shape[] = [
    { kind: 'rect', x: 0, y: 0, width, height, fill: style.background },
    text(16, 26, title, style.foreground, { size: 15, bold: true }),
  ];
  for (const [i, panel] of panels.entries()) {
    const left = (i % columns) * panelSize.width;
    const top = 40 + Math.floor(i / columns) * panelSize.height;
    shapes.push(...panelShapes(panel, left, top, style));
  }
  for (const [i, line] of legend.entries()) {
    const y = body + i * legendRow + 12;
    shapes.push(
      stroke([16, y - 4, 16 + legendLine, y - 4], line, style),
      text(24 + legendLine, y, line.label, style.foreground),
    );
  }
  return { width, height, fontFamily: style.fontFamily, shapes };
}

/** Every line once, however many panels show it. */
function legendOf(panels: readonly Panel[]): Line[] {
  const lines = panels.flatMap((panel) => panel.lines.filter((line) => !line.faint));
  return [...new Map(lines.map((line) => [line.id, line])).values()];
}

function panelShapes(panel: Panel, left: number, top: number, style: FigureStyle): Shape[] {
  const frame = {
    left: left + inset.left,
    right: left + panelSize.width - inset.right,
    top: top + inset.top,
    bottom: top + panelSize.height - inset.bottom,
  };
  const toX = scale(panel.x, [frame.left, frame.right], panel.logX);
  const toY = scale(panel.y, [frame.bottom, frame.top], panel.logY);
  const rule = (points: number[]): Shape => ({
    kind: 'polyline',
    points,
    stroke: style.rule,
    width: 1,
    dash: [],
    opacity: 1,
  });
  const xTicks = (panel.logX ? logTicks : linearTicks)(...panel.x, 6);
  const yTicks = (panel.logY ? logTicks : linearTicks)(...panel.y, 6);
  return [
    text(frame.left, top + 20, panel.title, style.foreground, { bold: true }),
    ...yTicks.flatMap((value) => [
      rule([frame.left, toY(value), frame.right, toY(value)]),
      text(frame.left - 8, toY(value) + 4, tick(value), style.quiet, { anchor: 'end' }),
    ]),
    rule([frame.left, frame.bottom, frame.right, frame.bottom]),
    ...xTicks.map((value) =>
      text(toX(value), frame.bottom + 16, tick(value), style.quiet, { anchor: 'middle' }),
    ),
    text((frame.left + frame.right) / 2, frame.bottom + 34, panel.xTitle, style.quiet, { anchor: 'middle' }),
    ...panel.lines.map((line) => stroke(linePoints(line, panel, toX, toY), line, style)),
  ];
}

function linePoints(
  line: Line,
  panel: Panel,
  toX: (x: number) => number,
  toY: (y: number) => number,
): number[] {
  const points: number[] = [];
  for (let i = 0; i < line.x.length; i++) {
    const [x, y] = [line.x[i]!, line.y[i]!];
    if (x < panel.x[0] || x > panel.x[1] || !drawable(y, panel.logY)) continue;
    points.push(toX(x), toY(y));
  }
  return points;
}

function scale([min, max]: Range, [from, to]: Range, log: boolean): (value: number) => number {
  const f = log ? Math.log10 : (value: number) => value;
  const span = f(max) - f(min) || 1;
  return (value) => from + ((f(value) - f(min)) / span) * (to - from);
}

function stroke(points: number[], line: Line, style: FigureStyle): Shape {
  return {
    kind: 'polyline',
    points,
    stroke: style.color(line.color),
    width: 1.5,
    dash: line.dash,
    opacity: line.faint ? 0.3 : 1,
  };
}

function text(
  x: number,
  y: number,
  words: string,
  fill: string,
  {
    size = 12,
    anchor = 'start',
    bold = false,
  }: Partial<Pick<Shape & { kind: 'text' }, 'size' | 'anchor' | 'bold'>> = {},
): Shape {
  return { kind: 'text', x, y, text: words, fill, size, anchor, bold };
}
