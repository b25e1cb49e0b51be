import type { SeriesSnapshot } from '../../../src/protocol/lab';

/** All points, one per line; a value that is not finite is an empty field. */
export function csvOf(
  series: readonly SeriesSnapshot[],
  axis: string,
  runName: (run: string) => string,
): string {
  const lines = [['run', 'model', 'split', 'metric', axis, 'value', 'smoothed'].join(',')];
  for (const { run, model, split, metric, x, raw, smooth } of series) {
    const start = [field(runName(run)), model, split, metric].join(',');
    for (let i = 0; i < x.length; i++)
      lines.push(`${start},${x[i]},${number(raw[i]!)},${number(smooth[i]!)}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** As few digits as give the 32-bit value back. */
function number(value: number): string {
  if (!Number.isFinite(value)) return '';
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** A name: quoted where RFC 4180 asks for it, and never what a spreadsheet takes for a formula. */
function field(name: string): string {
  const text = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
