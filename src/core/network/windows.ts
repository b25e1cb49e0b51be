import * as v from 'valibot';
import { outputSize } from '../involution/geometry';
import { layerFaults } from './faults';
import { choice, integer, strides } from './fields';
import type { Fault, LayerConfig } from './layerKind';
import { oddAround } from './nearest';

/** How convolutions and pools see an image through windows. */

export const padding = choice(
  'Padding',
  'Zeros around the image. same: as TensorFlow adds them; symmetric: (size − 1) / 2 on each side, as PyTorch’s models do; valid: none.',
  ['same', 'symmetric', 'valid'],
);

/** Of a pool, whose windows lie side by side unless it is told otherwise. */
export const poolFields = {
  size: v.optional(integer('Size', 'Height and width of the window, in pixels.', 1, 64), 2),
  strides: v.optional(
    v.pipe(
      v.nullable(strides),
      v.title('Strides'),
      v.description('Pixels from one window to the next. Default: the size.'),
    ),
    null,
  ),
};

export interface Windows {
  /** What the field with the window's size is called, and that size. */
  readonly field: string;
  readonly size: number;
  readonly strides: number;
  readonly padding: 'same' | 'symmetric' | 'valid';
}

/** How many windows an image has: rows and columns. Where none fits, that is a fault, and one is assumed. */
export function windowGrid(
  { field, size, strides, padding }: Windows,
  [height, width]: readonly [height: number, width: number, ...unknown[]],
  fault: Fault,
): [rows: number, columns: number] {
  if (padding === 'symmetric' && size % 2 === 0)
    fault([layerFaults.odd, field, size], { field, instead: { values: oddAround(size) } });
  if (padding !== 'valid') return [outputSize(height, strides), outputSize(width, strides)];
  const shorter = Math.min(height, width);
  if (size > shorter)
    fault([layerFaults.window, field, shorter, size], { field, instead: { values: [shorter] } });
  const along = (side: number) => Math.max(1, Math.floor((side - size) / strides) + 1);
  return [along(height), along(width)];
}

/** What TF.js and Keras need for it: they know 'same' and 'valid', and have a layer that adds zeros. */
export function kerasWindows(
  { size, strides, padding }: Windows,
  name: string,
): { before: LayerConfig[]; padding: 'same' | 'valid' } {
  if (padding !== 'symmetric') return { before: [], padding };
  if (strides === 1) return { before: [], padding: 'same' };
  const zeros = Math.floor((size - 1) / 2);
  if (zeros === 0) return { before: [], padding: 'valid' };
  const config = {
    name: `${name}_padding`,
    padding: [
      [zeros, zeros],
      [zeros, zeros],
    ],
  };
  return { before: [{ className: 'ZeroPadding2D', config }], padding: 'valid' };
}
