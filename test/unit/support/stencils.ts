import type { Stencils } from '../../../webview/lab/learn/stencils';

/** A 6×6 layer of 3×3 kernels: `kernelAt` gives the nine weights of a position. */
export function layer(kernelAt: (row: number, column: number) => number[], size = 6): Stencils {
  const all = Array.from({ length: size * size }, (_, i) =>
    Float32Array.from(kernelAt(Math.floor(i / size), i % size)),
  );
  return { kernelSize: 3, width: size, height: size, all };
}
export const blur = [1, 1, 1, 1, 1, 1, 1, 1, 1];
export const edge = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
export const at = (row: number, column: number) => ({ row, column });
