import { useMemo } from 'preact/hooks';
import { largest } from './numbers';
import { Raster } from './Raster';

interface FilmProps {
  /** A stencil for each position of the row, K·K weights row by row. */
  stencils: readonly Float32Array[];
  kernelSize: number;
  /** The position that is looked at. */
  column: number;
  label: string;
  onStep: (column: number) => void;
  /** Arrow keys step. */
  onKey: (event: KeyboardEvent) => void;
}

/** So many weights lie side by side, at most. */
const mostAcross = 64;

/** The stencils along a row as a strip of film: a page of them, of which one is marked. */
export function Film({ stencils, kernelSize, column, label, onStep, onKey }: FilmProps) {
  const atOnce = Math.max(6, Math.floor(mostAcross / (kernelSize + 1)));
  const first = Math.floor(column / atOnce) * atOnce;
  const page = useMemo(() => stencils.slice(first, first + atOnce), [stencils, first, atOnce]);
  const columns = atOnce * (kernelSize + 1) - 1;
  const values = useMemo(() => {
    const all = new Float32Array(columns * kernelSize).fill(Number.NaN);
    for (const [i, stencil] of page.entries())
      for (const [tap, weight] of stencil.entries())
        all[Math.floor(tap / kernelSize) * columns + i * (kernelSize + 1) + (tap % kernelSize)] = weight;
    return all;
  }, [page, columns, kernelSize]);
  const click = (event: MouseEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at =
      first + Math.floor(((event.clientX - box.left) / box.width) * ((columns + 1) / (kernelSize + 1)));
    onStep(Math.min(stencils.length - 1, at));
  };
  const cell = 100 / columns;
  return (
    <div
      class="film"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={stencils.length - 1}
      aria-valuenow={column}
      onKeyDown={onKey}
      onClick={click}
    >
      <Raster values={values} columns={columns} limit={largest(values)} label={label} />
      <span
        class="frame"
        style={{ left: `${(column - first) * (kernelSize + 1) * cell}%`, width: `${kernelSize * cell}%` }}
      />
    </div>
  );
}
