import * as l10n from '@vscode/l10n';
import { colorTable } from '../../../src/core/kernels/colormap';
import { extentOf, paint, scaleOf } from '../../../src/core/kernels/heatmap';
import { kernelStatistics } from '../../../src/core/kernels/statistics';
import type { Picture } from '../../../src/core/picture';
import { pngBytes } from '../../shared/chart/raster';
import { decimal } from '../../shared/format';
import type { MenuItem } from '../../shared/Menu';
import { readTheme } from '../../shared/theme';
import { host } from '../link';
import type { Options } from '../options';
import type { RowContent } from './linked';
import { sourceKey } from './useKernels';

/** The grid as it stands as PNG; every map's numbers as JSON. */
export function kernelExports(
  rows: readonly RowContent[],
  options: Options,
  group: number | 'all',
): MenuItem[] {
  if (rows.length === 0) return [];
  return [
    {
      label: l10n.t('Heatmaps as PNG…'),
      onSelect: async () => host.save('kernels.png', await gridPng(rows, options)),
    },
    {
      label: l10n.t('Heatmaps as JSON…'),
      onSelect: () => host.save('kernels.json', new TextEncoder().encode(kernelsJson(rows, group))),
    },
  ];
}

/** Values that are not finite are null, as JSON has no others. */
export function kernelsJson(rows: readonly RowContent[], group: number | 'all'): string {
  const images = rows.map(({ source, session, layers, maps }) => ({
    image: sourceKey(source),
    run: session.runName,
    model: session.model.id,
    trained: session.trained,
    epoch: session.epoch,
    prediction: session.prediction,
    layers: layers.map((layer, i) => ({
      ...layer,
      group: group !== 'all' && group < layer.groups ? group : 'all',
      statistic: maps[i]!.statistic,
      minimum: maps[i]!.minimum,
      maximum: maps[i]!.maximum,
      constant: maps[i]!.constant,
      values: [...maps[i]!.values],
    })),
  }));
  return `${JSON.stringify({ images })}\n`;
}

const tile = 256;
const gap = 16;
const labelHeight = 24;

async function gridPng(rows: readonly RowContent[], options: Options): Promise<Uint8Array> {
  const columns = 1 + Math.max(...rows.map((row) => row.maps.length));
  const rowHeight = tile + 2 * labelHeight + gap;
  const canvas = new OffscreenCanvas(gap + columns * (tile + gap), gap + rows.length * rowHeight);
  const context = canvas.getContext('2d')!;
  const theme = readTheme();
  context.fillStyle = theme.color('editor-background');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.font = `13px ${theme.fontFamily}`;
  for (const [r, { session, layers, maps }] of rows.entries()) {
    const top = gap + r * rowHeight;
    const write = (text: string, column: number, y: number) => {
      context.fillStyle = theme.color('foreground');
      context.fillText(text, gap + column * (tile + gap), y, tile);
    };
    const draw = (
      picture: Pick<Picture, 'width' | 'height'>,
      pixels: Uint8ClampedArray<ArrayBuffer>,
      column: number,
    ) => {
      const image = new OffscreenCanvas(picture.width, picture.height);
      image.getContext('2d')!.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0);
      const scale = tile / Math.max(session.picture.width, session.picture.height);
      const [width, height] = [session.picture.width * scale, session.picture.height * scale];
      context.drawImage(image, gap + column * (tile + gap), top + labelHeight, width, height);
    };
    write(session.picture.caption, 0, top + 16);
    draw(session.picture, new Uint8ClampedArray(session.picture.rgba), 0);
    for (const [i, map] of maps.entries()) {
      const scale = scaleOf(extentOf(map), options);
      const statistic = l10n.t(kernelStatistics[map.statistic].title);
      write(l10n.t('{0}, kernel {1}', layers[i]!.name, statistic), i + 1, top + 16);
      draw(map, paint(map, scale, colorTable(options.colorMap)), i + 1);
      write(`${decimal(scale[0], 2)} … ${decimal(scale[1], 2)}`, i + 1, top + labelHeight + tile + 18);
    }
  }
  return pngBytes(canvas);
}
