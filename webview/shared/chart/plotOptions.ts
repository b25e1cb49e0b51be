import type uPlot from 'uplot';
import { tick } from '../format';
import type { Theme } from '../theme';
import type { Line } from './lines';
import { linearTicks, logTicks } from './ticks';

/** A validation line of few points shows them; a line of one point would be invisible without. */
const mostMarkers = 60;

export function seriesOptions(lines: readonly Line[], theme: Theme): uPlot.Series[] {
  return lines.map((line) => {
    const stroke = theme.color(line.color);
    const validation = line.split === 'validation';
    return {
      label: line.id,
      scale: 'y',
      stroke,
      width: theme.highContrast ? 2 : 1.5,
      alpha: line.faint ? 0.3 : 1,
      dash: line.dash.length > 0 ? [...line.dash] : undefined,
      spanGaps: true,
      points: {
        show: (plot, i) => {
          const count = (plot.data[i] as unknown[]).reduce<number>((n, y) => n + (y == null ? 0 : 1), 0);
          return !line.faint && count <= (validation ? mostMarkers : 1);
        },
        size: 4,
        stroke,
        fill: stroke,
      },
    };
  });
}

/** Both axes; their ticks are those of an exported figure. */
export function axisOptions(theme: Theme, log: { x: boolean; y: boolean }, compact: boolean): uPlot.Axis[] {
  const common = {
    stroke: theme.color('descriptionForeground'),
    font: `11px ${theme.fontFamily}`,
    ticks: { show: false },
    filter: (_: uPlot, splits: number[]) => splits,
    values: (_: uPlot, splits: number[]) => splits.map(tick),
  };
  const lines = { stroke: theme.color('panel-border'), width: 1 };
  return [
    {
      ...common,
      scale: 'x',
      size: 22,
      gap: 4,
      splits: (plot, _, min, max) =>
        log.x ? logTicks(min, max) : linearTicks(min, max, plot.over.clientWidth / 80),
      grid: { show: false },
      border: { ...lines, show: true },
    },
    {
      ...common,
      scale: 'y',
      size: compact ? 34 : 46,
      gap: 6,
      splits: (plot, _, min, max) =>
        log.y ? logTicks(min, max) : linearTicks(min, max, plot.over.clientHeight / 40),
      grid: { ...lines, show: !theme.highContrast },
    },
  ];
}
