import { decimal } from '../../../shared/format';

/** The largest size among them: what gets the full colour. */
export const largest = (values: ArrayLike<number>): number =>
  Math.max(1e-12, ...Array.from(values, (value) => Math.abs(value)).filter(Number.isFinite));

/** Decimals that leave the largest value two digits that count, and fit a cell. */
export const decimalsFor = (values: ArrayLike<number>): number =>
  Math.min(4, Math.max(2, 1 - Math.floor(Math.log10(largest(values)))));

/** "−.016": more than two decimals fit a cell without the zero before the point. */
export const cellText = (value: number, decimals: number): string =>
  decimals > 2 ? decimal(value, decimals).replace(/^(\D?)0\./, '$1.') : decimal(value, decimals);

/** "3×3", as shapes are written everywhere. */
export const times = (...sides: readonly number[]): string => sides.join('×');

/** What a channel is called. */
export const channelName = (channel: number, channels: number): string =>
  channels === 3 ? 'RGB'[channel]! : String(channel);
