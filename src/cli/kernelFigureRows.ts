import type { Figure } from '../core/figure';
import type { ColorMapName } from '../core/kernels/colormap';
import { type FigureRow, kernelFigure, largestTile } from '../core/kernels/figure';
import { extentOf } from '../core/kernels/heatmap';
import type { KernelSession } from '../core/kernels/session';
import { shrunkMap, shrunkTile } from '../core/kernels/shrink';
import { shownRunName } from '../core/runs/runName';
import type { Drawn } from './kernels';

/** The rows of a figure as they come, none larger than it will be drawn: so that many large images can be had. */
export class KernelFigureRows {
  readonly #rows: FigureRow[] = [];
  title = '';

  add({ session, maps }: Drawn): void {
    const { picture, prediction, layers } = session;
    const guess = prediction[0];
    const likely = guess ? [`${guess.name} ${(100 * guess.probability).toFixed(0)} %`] : [];
    this.title ||= titleOf(session);
    this.#rows.push({
      captions: [picture.caption, ...likely],
      picture: shrunkTile(picture, largestTile),
      maps: maps.map(({ layer, map }) => ({
        layer,
        map: shrunkMap(map, largestTile),
        extent: extentOf(map),
        reason: layers.find(({ name }) => name === layer)?.constants[map.statistic],
      })),
    });
  }

  get count(): number {
    return this.#rows.length;
  }

  drawn({ map, scale, limit }: { map: ColorMapName; scale?: 'image' | 'fixed'; limit?: number }): Figure {
    return kernelFigure(this.#rows, {
      title: this.title,
      colorMap: map,
      scale: scale ?? (map === 'diverging' ? 'fixed' : 'image'),
      limit,
    });
  }
}

function titleOf({ trained, runName, model, epoch }: KernelSession): string {
  if (!runName) return `Kernels of ${model.title}, untrained`;
  return `Kernels of ${model.title} in ${shownRunName(runName)}, ${trained ? `epoch ${epoch}` : 'before training'}`;
}
