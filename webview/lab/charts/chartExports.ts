import * as l10n from '@vscode/l10n';
import type { RunCard } from '../../../src/protocol/lab';
import { csvOf } from '../../shared/chart/csv';
import { chartFigure, type Figure } from '../../shared/chart/figure';
import { extentX, extentY, padded, type Range } from '../../shared/chart/lines';
import { pngOf } from '../../shared/chart/raster';
import { svgOf } from '../../shared/chart/svg';
import { fileName } from '../../shared/fileName';
import type { MenuItem } from '../../shared/Menu';
import { readTheme } from '../../shared/theme';
import { host } from '../link';
import type { Options } from '../options';
import { axisLabel, limitsOf } from './Chart';
import type { ChartSpec } from './chartSpec';
import { metrics } from './seriesByMetric';

export interface ChartsShown {
  readonly charts: readonly ChartSpec[];
  readonly zoom: Range | null;
  readonly options: Options;
  readonly shown: readonly RunCard[];
}

/** The charts as they stand when chosen as PNG and SVG; all points, not only those drawn, as CSV. */
export function chartExports(now: () => ChartsShown): MenuItem[] {
  const name = () =>
    now()
      .shown.map((run) => run.name)
      .join(' + ');
  const figure = () => figureOf(now(), name());
  const save = (extension: string, bytes: Uint8Array) => host.save(`${fileName(name())}.${extension}`, bytes);
  return [
    { label: l10n.t('Charts as PNG…'), onSelect: async () => save('png', await pngOf(figure())) },
    { label: l10n.t('Charts as SVG…'), onSelect: () => save('svg', utf8(svgOf(figure()))) },
    {
      label: l10n.t('Values as CSV…'),
      onSelect: async () => save('csv', utf8(await allValues(now()))),
    },
  ];
}

const utf8 = (text: string) => new TextEncoder().encode(text);

function figureOf({ charts, zoom, options }: ChartsShown, title: string): Figure {
  const { logX, logY, axis } = options;
  const panels = charts.map(({ title, metric, lines, scaleWith }) => {
    const x = zoom ?? extentX(lines, logX) ?? ([0, 1] as const);
    const y = extentY([...lines, ...scaleWith], x, logY);
    return {
      title,
      xTitle: axisLabel(axis),
      lines,
      x,
      y: y ? padded(y, logY, limitsOf[metric]) : ([0, 1] as const),
      logX,
      logY,
    };
  });
  const theme = readTheme();
  return chartFigure(title, panels, 2, {
    fontFamily: theme.fontFamily,
    background: theme.color('editor-background'),
    foreground: theme.color('foreground'),
    quiet: theme.color('descriptionForeground'),
    rule: theme.color('panel-border'),
    color: theme.color,
  });
}

async function allValues({ options: { axis, smoothing }, shown }: ChartsShown): Promise<string> {
  const runs = shown.map((run) => run.id);
  const question = {
    runs,
    metrics: [...metrics],
    axis,
    from: null,
    to: null,
    width: null,
    smoothing,
    known: {},
  };
  return csvOf(await host.series(question), axis, (id) => shown.find((run) => run.id === id)?.name ?? id);
}
