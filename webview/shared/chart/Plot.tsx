import { useLayoutEffect, useRef } from 'preact/hooks';
import { useTheme } from '../theme';
import { type Range, stepAlong } from './lines';
import { LivePlot, type PlotContent } from './livePlot';
import { followPointer } from './pointer';
import { wholeX } from './ranges';

interface PlotProps extends PlotContent {
  logX: boolean;
  logY: boolean;
  compact?: boolean;
  label: string;
  onZoom?: (zoom: Range | null) => void;
  /** Where the crosshair is on the x axis (null: nowhere), and the values there in words: what a screen reader says. */
  at?: number | null;
  readout?: string;
  /** The crosshair is to move, by the mouse or the arrow keys. */
  onHover?: (x: number | null) => void;
  /** Width of the plotting area in CSS pixels, whenever it changes. */
  onWidth?: (width: number) => void;
}

/** A live line chart. New data, zoom and size go into the plot that is there; another look makes a new one. */
export function Plot(props: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<LivePlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const { lines, scaleWith, zoom, limits, endLabelOf, logX, logY, compact = false, at = null } = props;
  const canZoom = props.onZoom !== undefined;
  const canHover = props.onHover !== undefined;

  useLayoutEffect(() => {
    const element = frame.current!;
    const live = new LivePlot(element, { theme, logX, logY, compact }, latest.current);
    plot.current = live;
    const end = new AbortController();
    const events = {
      onHover: (part: number | null) => latest.current.onHover?.(part === null ? null : live.valueAt(part)),
      onStretch: (from: number, to: number) =>
        latest.current.onZoom?.([live.valueAt(from), live.valueAt(to)]),
      onDoubleClick: () => latest.current.onZoom?.(null),
    };
    if (canHover) followPointer(live.area, canZoom, events, end.signal);
    const fit = () => {
      live.resize();
      if (live.width > 0) latest.current.onWidth?.(live.width);
    };
    // Calls at once, too.
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    onOtherScreen(fit, end.signal);
    return () => {
      observer.disconnect();
      end.abort();
      plot.current = null;
      live.destroy();
    };
  }, [logX, logY, compact, canZoom, canHover, theme]);

  useLayoutEffect(() => {
    plot.current?.show({ lines, scaleWith, zoom, limits, endLabelOf });
  }, [lines, scaleWith, zoom, limits, endLabelOf]);
  useLayoutEffect(() => plot.current?.pointAt(at), [at, theme, logX, logY]);

  const moveCrosshair = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return props.onZoom?.(null);
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    props.onHover?.(stepAlong(lines, at, steps));
  };

  if (!canHover) return <div class="plot" ref={frame} role="img" aria-label={props.label} />;
  const [from, to] = zoom ?? wholeX(lines, logX);
  return (
    <div
      class="plot"
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-valuemin={from}
      aria-valuemax={to}
      aria-valuenow={at ?? to}
      aria-valuetext={props.readout}
      onKeyDown={moveCrosshair}
    />
  );
}

/** Calls `act` when a CSS pixel has become another number of the screen's. */
function onOtherScreen(act: () => void, signal: AbortSignal): void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const hear = () => {
    act();
    onOtherScreen(act, signal);
  };
  query.addEventListener('change', hear, { once: true, signal });
}
