import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import type { KernelSession } from '../../../src/core/kernels/session';
import { type Grid, mapPosition, type Position } from './grid';
import type { TileContext } from './HeatTile';
import { type Source, sourceKey } from './useKernels';

/** Which of two networks beside each other. */
export type Side = 'first' | 'second';

/**
 * Where the marker is: a cell of one layer of one image. It outlives the session, so that epochs can go by under it, and
 * marks the same place in every other layer of that image, of either network.
 */
export interface Focus {
  readonly source: string;
  readonly side: Side;
  readonly layer: string;
  readonly grid: Grid;
  readonly position: Position;
}

/** What a row has on screen, for the controls, the inspector and the exports. */
export interface RowContent {
  readonly source: Source;
  readonly session: KernelSession;
  /** Those that are drawn, each with its map. */
  readonly layers: readonly KernelLayer[];
  readonly maps: readonly KernelMap[];
}

/** How a row's tiles share the marker. */
export interface Linked {
  at(layer: KernelLayer, position: Position): Focus;
  marker(grid: Grid): Position | null;
  readonly pinned: boolean;
  onFocus(focus: Focus | null): void;
  onPin(focus: Focus): void;
}

/** @param focus null when it is in another image. */
export function linkedTiles(
  source: Source,
  side: Side,
  focus: Focus | null,
  rest: Pick<Linked, 'pinned' | 'onFocus' | 'onPin'>,
): Linked {
  return {
    ...rest,
    at: ({ name, height, width }, position) => ({
      ...{ source: sourceKey(source), side, layer: name, position },
      grid: { height, width },
    }),
    marker: (grid) => focus && mapPosition(focus.position, focus.grid, grid),
  };
}

/** What a tile of this layer shares with all others. */
export const tileOf = (
  { at, marker, pinned, onFocus, onPin }: Linked,
  layer: KernelLayer,
): Omit<TileContext, 'aspect'> => ({
  pinned,
  marker: marker(layer),
  onMove: (position) => onFocus(position && at(layer, position)),
  onPin: (position) => onPin(at(layer, position)),
});

export const contentKey = (side: Side, source: string): string => `${side} ${source}`;
