/** Narrow no-break space: between thousands, and between a number and its unit. */
const thin = '\u202f';
export const minus = '\u2212';
/** What stands for a number that is not known, or is not one. */
const none = '\u2013';

/** "0.4623": loss and accuracy, always four decimals, so that nothing jumps while they tick. */
export function metric(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? none : decimal(value, 4);
}

/** Fixed decimals with a true minus sign; NaN and infinities are named. */
export function decimal(value: number, decimals: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** "13 074". */
export function integer(value: number): string {
  const digits = String(Math.round(Math.abs(value)));
  return (value < 0 ? minus : '') + digits.replace(/\B(?=(\d{3})+$)/g, thin);
}

/** "18 %". */
export function percent(fraction: number, decimals = 0): string {
  return `${(fraction * 100).toFixed(decimals)}${thin}%`;
}

/** "2 m 10 s", "1 h 05 m"; seconds below an hour only. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (h > 0) return `${h}${thin}h ${two(m)}${thin}m`;
  if (m > 0) return `${m}${thin}m ${two(s)}${thin}s`;
  return `${s}${thin}s`;
}
const two = (value: number) => String(value).padStart(2, '0');

/** "1.24 MB": powers of 1024, as Keras prints them. */
export function bytes(count: number): string {
  return scaled(count, 1024, ['B', 'KB', 'MB', 'GB', 'TB']);
}

/** "9.43 M" of a plain count: multiply–accumulates. */
export function count(value: number): string {
  return scaled(value, 1000, ['', 'K', 'M', 'G', 'T']);
}

function scaled(value: number, base: number, units: string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${unit === 0 ? integer(rest) : rest.toFixed(2)}${units[unit] ? thin + units[unit] : ''}`;
}

/** As few digits as an axis tick needs: "0.05", "1 500", "1.2e−6". */
export function tick(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4)
    return Number(value.toPrecision(6)).toExponential().replace('e+', 'e').replaceAll('-', minus);
  if (size >= 1000) return integer(value);
  return String(Number(value.toPrecision(6))).replace('-', minus);
}

/** "32×32×3": an output without its batch axis; "?" for a side whose length is not known. */
export function shape(dimensions: readonly (number | null)[]): string {
  return dimensions
    .slice(1)
    .map((d) => (d === null ? '?' : String(d)))
    .join('×');
}
