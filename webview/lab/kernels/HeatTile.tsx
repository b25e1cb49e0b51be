import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Census, census, type Extent, extentOf, scaleOf } from '../../../src/core/kernels/heatmap';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { KernelMap } from '../../../src/core/kernels/kernelMap';
import { kernelStatistics } from '../../../src/core/kernels/statistics';
import type { Picture } from '../../../src/core/picture';
import { decimal } from '../../shared/format';
import { Icon } from '../../shared/toolkit';
import { useLab } from '../context';
import type { Options } from '../options';
import { PictureCanvas } from '../Pictures';
import { Arrows } from './Arrows';
import type { Position } from './grid';
import { Heatmap, Ramp } from './Heatmap';
import { Tile } from './Tile';

/** What every tile of a picture has in common. */
export interface TileContext {
  readonly aspect: number;
  readonly marker: Position | null;
  readonly pinned: boolean;
  readonly onMove: (position: Position | null) => void;
  readonly onPin: (position: Position) => void;
}

interface HeatTileProps extends TileContext {
  picture: Picture;
  layer: KernelLayer;
  map: KernelMap;
  /** Default: the layer's. */
  name?: string;
  /** What the scale spans where it is not this map alone. */
  extent?: Extent;
  /** A difference has zero in the middle of its colours, whatever else is drawn how; the length of an arrow has no sign. */
  isDifference?: boolean;
  /** Of many: with no more than its name, and without a legend. */
  small?: boolean;
}

/** A map of a layer's kernels, or of one group's. */
export function HeatTile({
  picture,
  layer,
  map,
  extent,
  name = layer.name,
  isDifference,
  small,
  ...tile
}: HeatTileProps) {
  const { options } = useLab();
  const colorMap = !isDifference ? options.colorMap : map.arrows ? 'viridis' : 'diverging';
  const counts = useMemo(() => census(map.values), [map]);
  const spanned = useMemo(() => extent ?? extentOf(map), [map, extent]);
  const scale = scaleOf(spanned, isDifference ? { colorMap, scale: 'image', limit: 0 } : options);
  const [min, max] = spanned.map((value) => decimal(value, 2));
  const statistic = l10n.t(kernelStatistics[map.statistic].title);
  const title = isDifference
    ? l10n.t('{0}: Δ kernel {1}', name, statistic)
    : l10n.t('{0}, kernel {1}', name, statistic);
  return (
    <Tile
      {...tile}
      title={small ? name : title}
      label={l10n.t(
        '{0}: {1} × {2} values from {3} to {4}; arrow keys move the pixel',
        ...[title, map.height, map.width, min!, max!],
      )}
      grid={map}
      footer={
        !small && (
          <Footer
            map={map}
            // Why something is the same everywhere says nothing about how far it is from something else.
            reason={isDifference ? undefined : layer.constants[map.statistic]}
            scale={scale}
            counts={counts}
            colorMap={colorMap}
          />
        )
      }
    >
      {options.overlay && <PictureCanvas picture={picture} />}
      <Heatmap map={map} scale={scale} colorMap={colorMap} opacity={options.overlay ? options.opacity : 1} />
      {map.arrows && <Arrows arrows={map.arrows} grid={map} />}
    </Tile>
  );
}

interface FooterProps {
  map: KernelMap;
  reason: string | undefined;
  scale: Extent;
  counts: Census;
  colorMap: Options['colorMap'];
}
function Footer({ map, reason, scale, counts, colorMap }: FooterProps): ComponentChildren {
  if (map.constant === null) return <Legend scale={scale} counts={counts} colorMap={colorMap} />;
  return <div class="legend quiet num">{constantText(map.constant, reason)}</div>;
}

/** "constant here: 1.00 (a softmax sums to 1)". */
function constantText(value: number, reason: string | undefined): string {
  const number = decimal(value, 2);
  return reason
    ? l10n.t('constant here: {0} ({1})', number, l10n.t(reason))
    : l10n.t('constant here: {0}', number);
}

/** The numbers at both ends of the colour map, and a warning about values that have no colour. */
function Legend({ scale, counts, colorMap }: Pick<FooterProps, 'scale' | 'counts' | 'colorMap'>) {
  const { nan, infinite } = counts;
  return (
    <div class="legend num">
      <span>{decimal(scale[0], 2)}</span>
      <Ramp colorMap={colorMap} />
      <span>{decimal(scale[1], 2)}</span>
      {nan + infinite > 0 && (
        <span class="problem">
          <Icon name="warning" /> {l10n.t('{0} NaN, {1} infinite', nan, infinite)}
        </span>
      )}
    </div>
  );
}
