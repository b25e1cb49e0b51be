import { type KernelStatistic, statisticNames } from '../../src/core/kernels/statistics';
import type { LabPreferences } from '../../src/protocol/lab';

/** How a panel draws what it shows. Kept with the panel. */
export interface Options {
  readonly axis: 'batch' | 'epoch';
  readonly layout: 'overlaid' | 'side-by-side';
  /** EMA weight, 0…0.999. */
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly lastValues: boolean;
  readonly comparison: 'linear' | 'log';
  /** What heatmaps show of kernels; 'own': what tells most of each layer's. */
  readonly statistic: KernelStatistic | 'own';
  readonly colorMap: 'viridis' | 'diverging';
  readonly scale: 'image' | 'fixed';
  /** Half the width of the fixed scale: values from −limit to +limit. 0: not chosen yet. */
  readonly limit: number;
  readonly resolution: 'fit' | 'native';
  readonly overlay: boolean;
  readonly opacity: number;
}

type Check<T> = (value: unknown) => value is T;
const flag: Check<boolean> = (value) => typeof value === 'boolean';
const oneOf =
  <T extends string>(...names: T[]): Check<T> =>
  (value): value is T =>
    names.includes(value as T);
const between =
  (min: number, max: number): Check<number> =>
  (value): value is number =>
    typeof value === 'number' && value >= min && value <= max;

const checks: { [K in keyof Options]: Check<Options[K]> } = {
  axis: oneOf('batch', 'epoch'),
  layout: oneOf('overlaid', 'side-by-side'),
  smoothing: between(0, 0.999),
  logX: flag,
  logY: flag,
  lastValues: flag,
  comparison: oneOf('linear', 'log'),
  statistic: oneOf('own', ...statisticNames),
  colorMap: oneOf('viridis', 'diverging'),
  scale: oneOf('image', 'fixed'),
  limit: between(0, Number.MAX_VALUE),
  resolution: oneOf('fit', 'native'),
  overlay: flag,
  opacity: between(0, 1),
};

/** What a panel kept; whatever of it can't be read falls back to what a fresh panel starts with. */
export function optionsFrom(state: unknown, { smoothing, colorMap }: LabPreferences): Options {
  const fresh: Options = {
    axis: 'batch',
    layout: 'overlaid',
    smoothing,
    logX: false,
    logY: false,
    lastValues: false,
    comparison: 'log',
    statistic: 'own',
    colorMap,
    scale: 'image',
    limit: 0,
    resolution: 'fit',
    overlay: false,
    opacity: 0.6,
  };
  const kept = ((state as { options?: unknown } | null)?.options ?? {}) as Record<string, unknown>;
  const readable = Object.entries(checks).filter(([key, check]) => check(kept[key]));
  return { ...fresh, ...Object.fromEntries(readable.map(([key]) => [key, kept[key]])) };
}
