/**
 * An arrow for each cell of a grid, from its middle; the longest is as long as a cell.
 * @param arrows down and to the right, cell by cell.
 */
export function arrowPath(arrows: Float32Array, width: number): string {
  const lengths = Array.from({ length: arrows.length / 2 }, (_, i) =>
    Math.hypot(arrows[2 * i]!, arrows[2 * i + 1]!),
  );
  const longest = Math.max(0, ...lengths.filter(Number.isFinite));
  if (!(longest > 0)) return '';
  const number = (value: number) => Number(value.toFixed(3));
  return lengths
    .map((length, i) => {
      if (!(length > 0 && length <= longest)) return '';
      const [down, right] = [arrows[2 * i]! / longest, arrows[2 * i + 1]! / longest];
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      const [tipX, tipY] = [x + right, y + down];
      // The head's two sides lean back from the tip.
      const side = (turn: number) =>
        `L${number(tipX - 0.3 * (right - turn * down))} ${number(tipY - 0.3 * (down + turn * right))}`;
      return `M${number(x)} ${number(y)}L${number(tipX)} ${number(tipY)}${side(0.6)}M${number(tipX)} ${number(tipY)}${side(-0.6)}`;
    })
    .join('');
}
