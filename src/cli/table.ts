import { printable } from './printable';

export interface Column {
  readonly title: string;
  /** Default 'left'. */
  readonly align?: 'left' | 'right';
}

/** Text in columns, two spaces apart, under a line of titles. Whatever stands in a cell stays in it. */
export function table(columns: readonly Column[], texts: readonly string[][]): string {
  const rows = texts.map((row) => row.map(printable));
  const titles = columns.map(({ title }) => title);
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (columns[i]!.align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(titles), ...rows.map(line)].join('\n');
}
