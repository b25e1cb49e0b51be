import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useTheme } from '../theme';
import { extentX, extentY, type Line, padded, type Range } from './lines';
import { axisOptions, seriesOptions } from './plotOptions';

interface PlotProps {
  lines: readonly Line[];
  /** The part of the x axis to show; null: all of it. */
  zoom: Range | null;
  logX: boolean;
  logY: boolean;
  /** What the y axis never leaves: [0, 1] for accuracy. */
  limits: Range;
  /** Further lines that the y axis has room for: those of a chart beside this one. */
  scaleWith?: readonly Line[];
  compact?: boolean;
  /** Charts of one key share their crosshair. */
  syncKey?: string;
  label: string;
  onZoom?: (zoom: Range | null) => void;
  /** Where the crosshair is on the x axis (null: nowhere), and the values there in words: what a screen reader says. */
  at?: number | null;
  readout?: string;
  /** The crosshair was moved, with the mouse or the arrow keys. */
  onHover?: (x: number | null) => void;
  /** Width of the plotting area in CSS pixels, whenever it changes. */
  onWidth?: (width: number) => void;
}

/** A live line chart. New data, zoom and size go into the uPlot that is there; anything else makes a new one. */
export function Plot(props: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  // Stands for the lines where only a change of their number, order or colour matters.
  const structure = props.lines.map((line) => `${line.id}:${line.color}:${line.dash}`).join('|');

  useLayoutEffect(() => {
    const element = frame.current!;
    const resetZoom = () => {
      latest.current.onZoom?.(null);
      return null;
    };
    const chart = new uPlot(
      {
        width: Math.max(1, element.clientWidth),
        height: Math.max(1, element.clientHeight),
        series: [{}, ...seriesOptions(props.lines, theme)],
        axes: axisOptions(theme, { x: props.logX, y: props.logY }, props.compact ?? false),
        scales: {
          x: { time: false, distr: props.logX ? 3 : 1, range: () => rangeX(latest.current) },
          y: { distr: props.logY ? 3 : 1, range: () => rangeY(latest.current) },
        },
        // Half of the last number of the x axis stands out to the right.
        padding: [8, 24, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { size: (_, i) => (latest.current.lines[i - 1]?.faint ? 0 : 7), width: 1 },
          hover: { skip: [undefined, null] },
          drag: { x: props.onZoom !== undefined, y: false, setScale: false, dist: 4 },
          bind: { dblclick: () => resetZoom },
          sync: props.syncKey
            ? { key: props.syncKey, setSeries: false, scales: ['x', null], filters: { pub: isHover } }
            : undefined,
        },
        hooks: {
          setCursor: [(u) => latest.current.onHover?.(crosshair(u))],
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              const [from, to] = [u.select.left, u.select.left + u.select.width].map((px) =>
                u.posToVal(px, 'x'),
              );
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.onZoom?.([from!, to!]);
            },
          ],
        },
      },
      joined(props.lines, props.logY),
      element,
    );
    plot.current = chart;
    latest.current.onWidth?.(chart.over.clientWidth);
    return () => {
      plot.current = null;
      chart.destroy();
    };
  }, [structure, props.logX, props.logY, props.compact, props.syncKey, theme]);

  useEffect(() => {
    plot.current?.setData(joined(props.lines, props.logY));
  }, [props.lines, props.scaleWith, props.zoom, props.logY]);

  useEffect(() => {
    const element = frame.current!;
    const observer = new ResizeObserver(() => {
      const u = plot.current;
      if (!u || element.clientWidth === 0 || element.clientHeight === 0) return;
      u.setSize({ width: element.clientWidth, height: element.clientHeight });
      latest.current.onWidth?.(u.over.clientWidth);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const moveCrosshair = (event: KeyboardEvent) => {
    const u = plot.current;
    if (!u) return;
    if (event.key === 'Escape') return props.onZoom?.(null);
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const xs = u.data[0];
    const at = Math.max(0, Math.min(xs.length - 1, (u.cursor.idx ?? xs.length - 1) + step));
    const left = u.valToPos(xs[at]!, 'x');
    // The third argument, which the types leave out, tells the synced charts.
    (u.setCursor as (at: uPlot.Cursor, fire: boolean, publish: boolean) => void)(
      { left, top: 1 },
      true,
      true,
    );
  };

  if (!props.onHover) return <div class="plot" ref={frame} role="img" aria-label={props.label} />;
  const [from, to] = rangeX(props);
  return (
    <div
      class="plot"
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-valuemin={from ?? 0}
      aria-valuemax={to ?? 1}
      aria-valuenow={props.at ?? to ?? 1}
      aria-valuetext={props.readout}
      onKeyDown={moveCrosshair}
    />
  );
}

const isHover = (type: string) => type === 'mousemove' || type === 'mouseleave';

function crosshair(u: uPlot): number | null {
  const { left = -1 } = u.cursor;
  return left < 0 ? null : u.posToVal(left, 'x');
}

function rangeX({ zoom, lines, logX }: PlotProps): uPlot.Range.MinMax {
  const [min, max] = zoom ?? extentX(lines, logX) ?? [logX ? 1 : 0, logX ? 10 : 1];
  if (min < max) return [min, max];
  return logX ? [min / 2, max * 2] : [min - 0.5, max + 0.5];
}

function rangeY(props: PlotProps): uPlot.Range.MinMax {
  const [from, to] = rangeX(props) as [number, number];
  const extent = extentY([...props.lines, ...(props.scaleWith ?? [])], [from, to], props.logY);
  const [min, max] = extent ? padded(extent, props.logY, props.limits) : [props.logY ? 0.1 : 0, 1];
  return [min, max];
}

/** Lines with x values of their own as one table; what can't be drawn is a gap. */
function joined(lines: readonly Line[], logY: boolean): uPlot.AlignedData {
  if (lines.length === 0) return [[], []];
  const drawable = (y: number) => (Number.isFinite(y) && (!logY || y > 0) ? y : null);
  return uPlot.join(
    lines.map((line): uPlot.AlignedData => [line.x, Array.from(line.y, drawable)]),
    lines.map(() => [0, 0]),
  );
}
