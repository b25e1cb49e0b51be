import { useLayoutEffect, useRef } from 'preact/hooks';
import { colorTable } from '../../../../src/core/kernels/colormap';
import { paint } from '../../../../src/core/kernels/heatmap';
import { decimal } from '../../../shared/format';

interface RasterProps {
  /** Row by row; what is not a number is left out. */
  values: Float32Array;
  columns: number;
  /** The magnitude that gets the full colour. */
  limit: number;
  label: string;
  class?: string;
}

/** Numbers as pixels, in diverging colours around zero; the one under the pointer is told. */
export function Raster({ values, columns, limit, label, class: kind = '' }: RasterProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = Math.ceil(values.length / columns);
  useLayoutEffect(() => {
    const whole = new Float32Array(rows * columns).fill(Number.NaN);
    whole.set(values);
    const pixels = paint({ values: whole }, [-limit, limit], colorTable('diverging'));
    canvas.current!.getContext('2d')!.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  }, [values, columns, rows, limit]);
  const tell = (event: PointerEvent) => {
    const { width, height } = canvas.current!.getBoundingClientRect();
    const column = Math.min(columns - 1, Math.floor((event.offsetX / width) * columns));
    const value = values[Math.min(rows - 1, Math.floor((event.offsetY / height) * rows)) * columns + column];
    canvas.current!.title = value === undefined || Number.isNaN(value) ? '' : decimal(value, 4);
  };
  return (
    <canvas
      ref={canvas}
      class={`pixels raster ${kind}`}
      width={columns}
      height={rows}
      role="img"
      aria-label={label}
      onPointerMove={tell}
    />
  );
}
