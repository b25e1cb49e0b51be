import type { Metric, SeriesSnapshot } from '../../../src/protocol/lab';

export const metrics: readonly Metric[] = ['loss', 'accuracy'];
export type SeriesByMetric = Readonly<Record<Metric, readonly SeriesSnapshot[]>>;
