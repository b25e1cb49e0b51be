import { useLayoutEffect, useRef } from 'preact/hooks';
import { colorTable } from '../../../src/core/kernels/colormap';
import { type Extent, paint } from '../../../src/core/kernels/heatmap';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import type { Options } from '../options';

interface HeatmapProps {
  map: KernelMap;
  scale: Extent;
  colorMap: Options['colorMap'];
  /** Below 1, what lies under the heatmap shows through. */
  opacity: number;
}

/** A kernel map at its own resolution; CSS scales it, pixel by pixel. */
export function Heatmap({ map, scale, colorMap, opacity }: HeatmapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [min, max] = scale;
  useLayoutEffect(() => {
    const { width, height } = map;
    const pixels = new ImageData(paint(map, [min, max], colorTable(colorMap)), width, height);
    canvas.current!.getContext('2d')!.putImageData(pixels, 0, 0);
  }, [map, min, max, colorMap]);
  return <canvas ref={canvas} class="pixels" width={map.width} height={map.height} style={{ opacity }} />;
}

/** The colour map from one end to the other. */
export function Ramp({ colorMap }: { colorMap: Options['colorMap'] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const values = Float32Array.from({ length: 256 }, (_, i) => i);
    const pixels = new ImageData(paint({ values }, [0, 255], colorTable(colorMap)), 256, 1);
    canvas.current!.getContext('2d')!.putImageData(pixels, 0, 0);
  }, [colorMap]);
  return <canvas ref={canvas} class="ramp" width={256} height={1} />;
}
