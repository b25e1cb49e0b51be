/**
 * Keys of a table some of whose cells hold a button: arrows move the focus to the next button that way, if there is one,
 * Home and End to the first and the last of the row.
 */
export function moveAmongCells(event: KeyboardEvent): void {
  const from = (event.target as HTMLElement).closest('td')!;
  const row = [...from.closest('tr')!.cells];
  const column = [...from.closest('tbody')!.rows].map(({ cells }) => cells[from.cellIndex]!);
  const [across, down] = [row.indexOf(from), column.indexOf(from)];
  const ways: Record<string, HTMLTableCellElement[]> = {
    ArrowLeft: row.slice(0, across).reverse(),
    ArrowRight: row.slice(across + 1),
    ArrowUp: column.slice(0, down).reverse(),
    ArrowDown: column.slice(down + 1),
    Home: row,
    End: row.toReversed(),
  };
  const way = ways[event.key];
  if (!way) return;
  event.preventDefault();
  const [next] = way.flatMap((cell) => cell.querySelector('button') ?? []);
  next?.focus();
}
