import { decimal } from '../../../shared/format';

/** What the colours of nothing but zeros end at. */
const least = 1e-12;

/** The largest size among them: what gets the full colour. */
export const largest = (values: ArrayLike<number>): number =>
  Math.max(least, ...Array.from(values, (value) => Math.abs(value)).filter(Number.isFinite));

/** Decimals that leave the largest value two digits that count, and fit a cell; of zeros as many as usual. */
export function decimalsFor(values: ArrayLike<number>): number {
  const size = largest(values);
  return size === least ? 2 : Math.min(4, Math.max(2, 1 - Math.floor(Math.log10(size))));
}

/** "−.016": more than two decimals fit a cell without the zero before the point. */
export const cellText = (value: number, decimals: number): string =>
  decimals > 2 ? decimal(value, decimals).replace(/^(\D?)0\./, '$1.') : decimal(value, decimals);

/** "3×3", as shapes are written everywhere. */
export const times = (...sides: readonly number[]): string => sides.join('×');

/** What a channel is called. */
export const channelName = (channel: number, channels: number): string =>
  channels === 3 ? 'RGB'[channel]! : String(channel);
