import type { Axis, Geometry } from './convolutionGeometry';
import type { Heap } from './heap';
import { bitsOf, type Clamp, type Matrix, type Target, withTask } from './operands';
import type { Threads } from './threads';

/** As in assembly/winogradTask.ts and assembly/panels.ts. */
const PLACES = 16;
const LANES = 8;
const PANEL_ROW_BYTES = 4 * LANES;

/** Tiles that are transformed at once: their patches, 16 values per channel, should stay in a near cache. */
const BLOCK_TILES = 30;
const PATCHES_BYTES = 1 << 20;
/** Panels that a block of tiles is multiplied with before the next thread may have it; it is transformed anew there. */
const GROUP_PANELS = 8;
const SLICE_CHANNELS = 64;
/** Partial sums of a filter's gradient, and pieces of other work, whatever the number of threads. */
const SUM_BLOCKS = 16;
const PIECES = 64;

/** Fewer channels are not worth the transforms; fours are what they are done in. */
const LEAST_CHANNELS = 16;
/** Outputs that the last tiles compute in vain are at most so many of those wanted. */
const MOST_WASTE = 0.4;

const isPlain = ({ taps, dilation, stride }: Axis) => taps === 3 && dilation === 1 && stride === 1;
const even = (count: number) => 2 * Math.ceil(count / 2);

/** Whether Winograd's algorithm is the faster one. */
export function suitsWinograd({ y, x, inChannels, outChannels }: Geometry): boolean {
  const suits = (channels: number) => channels >= LEAST_CHANNELS && channels % 4 === 0;
  const computed = even(y.output) * even(x.output);
  const isFull = computed <= (1 + MOST_WASTE) * y.output * x.output;
  return isPlain(y) && isPlain(x) && suits(inChannels) && suits(outChannels) && isFull;
}

/** 3×3 convolutions of stride 1 by assembly/winograd.ts; see `Convolutions` for what is computed. */
export class Winograd {
  constructor(
    private readonly heap: Heap,
    private readonly threads: Threads,
  ) {}

  convolve(
    target: Target,
    image: number,
    filter: Matrix,
    bias: number,
    geometry: Geometry,
    { lower, upper }: Clamp,
  ): void {
    const { inChannels, outChannels } = geometry;
    const panels = Math.ceil(outChannels / LANES);
    const groups = Math.ceil(panels / GROUP_PANELS);
    const most = Math.floor(PATCHES_BYTES / (4 * PLACES * inChannels));
    const blockTiles = Math.max(6, Math.min(BLOCK_TILES, inSixes(most - 5)));
    const tiles = tilesOf(geometry);
    const words = [
      ...commonWords(geometry, image, tiles, blockTiles, groups),
      ...[target.address, target.imageStep, target.rowStep, target.pixelStep],
      ...[bitsOf(lower), bitsOf(upper)],
    ];
    const patchBytes = blockTiles * oddLines(4 * PLACES * inChannels) + 4 * PLACES * inChannels;
    this.threads.reserveScratch(
      PANEL_ROW_BYTES + 16 + 2 * PLACES * oddLines(blockTiles * PANEL_ROW_BYTES) + patchBytes,
    );
    const panelBytes = PANEL_ROW_BYTES * (1 + PLACES * inChannels);
    withTask(this.heap, words, panels * panelBytes, (task, panelsAddress) => {
      this.threads.run(
        'winogradPanels',
        panels,
        1,
        ...[filter.address, bias, panelsAddress, outChannels, filter.columnStep],
        ...[filter.rows[0].step, filter.rows[1].step, inChannels, filter.rows[2].step],
      );
      const items = Math.ceil(tiles / blockTiles) * groups;
      this.threads.run('winogradConvolve', items, Math.ceil(items / PIECES), task);
    });
  }

  filterGradient(image: number, outputGradient: number, filterGradient: number, geometry: Geometry): void {
    const { y, x, inChannels, outChannels } = geometry;
    const panels = Math.ceil(outChannels / LANES);
    const groupPanels = Math.min(panels, GROUP_PANELS);
    const groups = Math.ceil(panels / groupPanels);
    const slices = Math.ceil(inChannels / SLICE_CHANNELS);
    const sliceChannels = 4 * Math.ceil(inChannels / slices / 4);
    const tiles = tilesOf(geometry);
    const most = Math.ceil(tiles / BLOCK_TILES);
    const sums = Math.max(1, Math.min(most, Math.ceil(SUM_BLOCKS / (slices * groups))));
    const pixelStep = 4 * outChannels;
    const words = [
      ...commonWords(geometry, image, tiles, BLOCK_TILES, groups, groupPanels),
      ...[outputGradient, y.output * x.output * pixelStep, x.output * pixelStep, pixelStep],
      ...[sums, slices, sliceChannels],
    ];
    const patchStep = oddLines(4 * PLACES * sliceChannels);
    const gradientStep = oddLines(BLOCK_TILES * groupPanels * PANEL_ROW_BYTES);
    const patchBytes = BLOCK_TILES * patchStep + 4 * PLACES * sliceChannels;
    this.threads.reserveScratch(16 + patchBytes + PLACES * gradientStep);
    const blocks = sums * slices * groups;
    const blockBytes = PLACES * groupPanels * sliceChannels * PANEL_ROW_BYTES;
    withTask(this.heap, words, blocks * blockBytes, (task) => {
      this.threads.run('winogradGradientPartials', blocks, 1, task);
      this.threads.run(
        'winogradGradientTotal',
        inChannels,
        Math.ceil(inChannels / PIECES),
        task,
        filterGradient,
      );
    });
  }
}

/** As in assembly/winogradTask.ts. */
const oddLines = (bytes: number) => 64 * (Math.ceil(bytes / 64) | 1);
const inSixes = (count: number) => 6 * Math.ceil(count / 6);
const tilesOf = ({ batch, y, x }: Geometry) => batch * Math.ceil(y.output / 2) * Math.ceil(x.output / 2);

/** The words of assembly/winogradTask.ts's `Task` from `image` to `groupPanels`. */
const commonWords = (
  { y, x, inChannels, outChannels }: Geometry,
  image: number,
  tiles: number,
  blockTiles: number,
  groups: number,
  groupPanels = GROUP_PANELS,
) => [
  ...[image, y.input, x.input, inChannels, y.before, x.before, y.output, x.output, outChannels],
  ...[tiles, blockTiles, groups, groupPanels],
];
