import { later } from '../shared/later';
import { host } from './link';

/** The chart of a training under way: who has none loads no plots. */
export const LiveChart = later(host, async () => (await import('./LossChart')).LossChart);
