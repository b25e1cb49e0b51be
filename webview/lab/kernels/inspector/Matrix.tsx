import { colorTable } from '../../../../src/core/kernels/colormap';
import { cellText, decimalsFor } from './numbers';

interface MatrixProps {
  /** Row by row. */
  values: readonly number[];
  columns: number;
  /** The magnitude that gets the full colour. */
  limit: number;
  /** Diverging colours around zero, else grey. */
  signed: boolean;
}

/** Numbers in cells of their colour. */
export function Matrix({ values, columns, limit, signed }: MatrixProps) {
  const decimals = decimalsFor(values);
  const rows = Array.from({ length: Math.ceil(values.length / columns) }, (_, r) =>
    values.slice(r * columns, (r + 1) * columns),
  );
  return (
    <table class="matrix num">
      <tbody>
        {rows.map((row, r) => (
          <tr key={r}>
            {row.map((value, c) => (
              <td key={c} style={cellColors(value / limit, signed)}>
                {cellText(value, decimals)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Background and a text colour that can be read on it. `share`: −1 … 1. */
function cellColors(share: number, signed: boolean): { background: string; color: string } {
  const clamped = Math.max(-1, Math.min(1, share));
  const table = colorTable('diverging');
  const at = 3 * Math.round(127.5 + 127.5 * clamped);
  const rgb = signed
    ? [...table.subarray(at, at + 3)]
    : Array<number>(3).fill(Math.round(255 * Math.abs(clamped)));
  const luminance = 0.299 * rgb[0]! + 0.587 * rgb[1]! + 0.114 * rgb[2]!;
  return { background: `rgb(${rgb.join(' ')})`, color: luminance > 140 ? '#000' : '#fff' };
}
