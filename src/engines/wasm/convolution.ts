import {
  type Axis,
  extent,
  type Geometry,
  overhangs,
  phases,
  seen,
  simplified,
  type Tile,
  tileOf,
} from './convolutionGeometry';
import type { Heap } from './heap';
import { bitsOf, type Clamp, clampOf, type Matrix, type Target, withTask } from './operands';
import type { Threads } from './threads';
import { suitsWinograd, Winograd } from './winograd';

const unclamped = clampOf('linear')!;

// As in assembly/panels.ts.
const LANES = 8;
const PANEL_ROW_BYTES = 4 * LANES;

/** A convolution's work is cut in so many pieces, whatever the number of threads. */
const PIECES = 64;
/** If it is worth so many multiply-adds each, in so many at least. */
const LEAST_TILES = 8;
const TILE_WORK = 1 << 18;
/** But totals are added up for so many values at least: fewer are done before another thread has woken up. */
const LEAST_TOTALS = 1 << 14;
/**
 * Windows whose rows have so few values are written out for the filter's gradient, as `unfold` of assembly/filterGradient.ts
 * does it; those of a tile should stay in the nearest cache.
 */
const SHORT_ROW = 12;
const UNFOLDED_BYTES = 16 * 1024;
/** Panels are packed in pieces of so many values. */
const PACKED_VALUES = 1 << 16;

/** What one block of the filter gradient's partial sums covers; there are some SUM_BLOCKS of them. */
const SLICE_CHANNELS = 64;
const GROUP_PANELS = 8;
const SUM_BLOCKS = 16;

/** The convolutions of assembly/convolution.ts and their gradients on NHWC tensors, given by their addresses. */
export class Convolutions {
  private readonly winograd: Winograd;

  constructor(
    private readonly heap: Heap,
    private readonly threads: Threads,
  ) {
    this.winograd = new Winograd(heap, threads);
  }

  /**
   * output[n, p, q, o] = clamp(bias[o] + Σ image[n, window(p, q), i] · filter[window, i, o]).
   * @param filter its rows run over filter rows, filter columns and input channels, its columns are output channels
   * @param bias an address, or 0
   */
  convolve(
    image: number,
    filter: Matrix,
    bias: number,
    output: number,
    geometry: Geometry,
    clamp: Clamp = unclamped,
  ): void {
    const plain = simplified(geometry);
    const pixelStep = 4 * plain.outChannels;
    const rowStep = plain.x.output * pixelStep;
    const target = { address: output, imageStep: plain.y.output * rowStep, rowStep, pixelStep };
    this.convolveInto(target, image, filter, bias, plain, clamp);
  }

  /**
   * The gradient of the image. The pixels of one phase see the same taps, at most ⌈taps / stride⌉ an axis: their
   * gradients are a convolution of the output's gradient, of stride 1, with those taps turned around.
   * @param filter the address of [rows, columns, input channels, output channels]
   */
  inputGradient(outputGradient: number, filter: number, inputGradient: number, geometry: Geometry): void {
    const { batch, y, x, inChannels, outChannels } = simplified(geometry);
    const pixelStep = 4 * inChannels;
    const rowStep = x.input * pixelStep;
    const tapStep = inChannels * outChannels;
    for (const phaseY of phases(y)) {
      for (const phaseX of phases(x)) {
        const target = {
          address: inputGradient + phaseY.first * rowStep + phaseX.first * pixelStep,
          imageStep: y.input * rowStep,
          rowStep: y.stride * rowStep,
          pixelStep: x.stride * pixelStep,
        };
        const turned: Matrix = {
          address: filter + 4 * tapStep * (phaseY.lastTap * x.taps + phaseX.lastTap),
          rows: [
            { count: phaseY.axis.taps, step: -y.stride * x.taps * tapStep },
            { count: phaseX.axis.taps, step: -x.stride * tapStep },
            { count: outChannels, step: 1 },
          ],
          columnStep: outChannels,
        };
        this.convolveInto(
          target,
          outputGradient,
          turned,
          0,
          { batch, y: phaseY.axis, x: phaseX.axis, inChannels: outChannels, outChannels: inChannels },
          unclamped,
        );
      }
    }
  }

  /**
   * The gradient of the filter, [rows, columns, input channels, output channels]:
   * Σ image[n, window(p, q), i] · outputGradient[n, p, q, o] over images and pixels. No dilation.
   */
  filterGradient(image: number, outputGradient: number, filterGradient: number, geometry: Geometry): void {
    if (suitsWinograd(geometry)) {
      this.winograd.filterGradient(image, outputGradient, filterGradient, geometry);
      return;
    }
    const plain = simplified(geometry);
    const { batch, inChannels, outChannels } = plain;
    const [y, x] = [seen(plain.y), seen(plain.x)];
    const panels = Math.ceil(outChannels / LANES);
    const groupPanels = Math.min(panels, GROUP_PANELS);
    const groups = Math.ceil(panels / groupPanels);
    const slices = Math.ceil(inChannels / SLICE_CHANNELS);
    const sliceChannels = Math.ceil(inChannels / slices);
    const isUnfolded = y.taps > 1 && x.taps * inChannels <= SHORT_ROW;
    const windowBytes = isUnfolded ? 16 * Math.ceil((y.taps * x.taps * inChannels) / 4) : 0;
    const tile = tileOf(y, x, sliceChannels, {
      outputBytes: groupPanels * PANEL_ROW_BYTES + windowBytes,
      ...(isUnfolded && { mostBytes: UNFOLDED_BYTES }),
    });
    const tiles = batch * tile.down * tile.across;
    const sums = Math.max(1, Math.min(tiles, Math.ceil(SUM_BLOCKS / (slices * groups))));
    const windowValues = 4 * Math.ceil((x.taps * sliceChannels) / 4);
    const blockBytes = groupPanels * y.taps * windowValues * PANEL_ROW_BYTES;
    const blocks = sums * slices * groups;
    const pitch = 4 * sliceChannels * tile.windowWidth;
    const runs = Array.from({ length: tile.height }, (_, row) => row * y.stride * pitch);
    const words = [
      ...windowWords(image, plain, tile, false, pitch),
      ...[outChannels, outputGradient, y.taps, x.taps, Number(isUnfolded), tiles],
      ...[sums, slices, sliceChannels, groups, groupPanels, blockBytes],
      ...runs,
    ];
    withTask(this.heap, words, blocks * blockBytes, (task) => {
      this.threads.run('filterGradientPartials', blocks, 1, task);
      const rows = y.taps * x.taps * inChannels;
      const grain = Math.max(Math.ceil(rows / PIECES), Math.ceil(LEAST_TOTALS / outChannels));
      this.threads.run('filterGradientTotal', rows, grain, task, filterGradient);
    });
  }

  private convolveInto(
    target: Target,
    image: number,
    filter: Matrix,
    bias: number,
    geometry: Geometry,
    clamp: Clamp,
  ) {
    if (suitsWinograd(geometry)) {
      this.winograd.convolve(target, image, filter, bias, geometry, clamp);
      return;
    }
    const { address, imageStep, rowStep, pixelStep } = target;
    const { batch, inChannels, outChannels } = geometry;
    const [y, x] = [seen(geometry.y), seen(geometry.x)];
    const inPlace = !overhangs(y) && !overhangs(x);
    const work = batch * y.output * x.output * y.taps * x.taps * inChannels * outChannels;
    const least = Math.ceil(Math.min(LEAST_TILES, work / TILE_WORK) / batch);
    const tile = tileOf(y, x, inChannels, { inPlace, least });
    const tiles = batch * tile.down * tile.across;
    if (tiles === 0) return;
    const pitch = inPlace ? imageSteps(geometry).row : 4 * inChannels * tile.windowWidth;
    const { runs, runLength } = windowRuns(y, x, inChannels, pitch);
    const panels = Math.ceil(outChannels / LANES);
    const panelRows = 1 + runs.length * runLength;
    const words = [
      ...windowWords(image, geometry, tile, inPlace, pitch),
      ...[outChannels, runs.length, runLength, address, imageStep, rowStep, pixelStep],
      ...[bitsOf(clamp.lower), bitsOf(clamp.upper)],
      ...runs,
    ];
    withTask(this.heap, words, panels * panelRows * PANEL_ROW_BYTES, (task, panelsAddress) => {
      this.threads.run(
        'packPanels',
        panels,
        Math.ceil(PACKED_VALUES / (panelRows * LANES)),
        ...[filter.address, bias, panelsAddress, outChannels, filter.columnStep],
        ...filter.rows.flatMap(({ count, step }) => [count, step]),
      );
      this.threads.run('convolve', tiles, Math.ceil(tiles / PIECES), task);
    });
  }
}

/** The words of assembly/windows.ts's `Windows`, from `image` on. */
function windowWords(image: number, geometry: Geometry, tile: Tile, inPlace: boolean, pitch: number) {
  const [y, x] = [seen(geometry.y), seen(geometry.x)];
  const steps = imageSteps(geometry);
  return [
    ...[image, steps.image, steps.row, steps.pixel, y.input, x.input, geometry.inChannels],
    ...[y.before, x.before, y.stride, x.stride, extent(y), extent(x)],
    ...[y.output, x.output, tile.height, tile.width, Number(inPlace), pitch],
  ];
}

/** Bytes between images, and between those of their rows and pixels that windows look at. */
function imageSteps({ y, x, inChannels }: Geometry) {
  const pixel = 4 * inChannels;
  return {
    image: y.input * x.input * pixel,
    row: seen(y).spacing * x.input * pixel,
    pixel: seen(x).spacing * pixel,
  };
}

/** Where the runs of a window begin, in bytes: a row is one run, unless dilation parts its pixels. */
function windowRuns(y: Axis, x: Axis, channels: number, pitch: number) {
  const parts = x.dilation === 1 ? Math.min(x.taps, 1) : x.taps;
  const runs = Array.from({ length: y.taps * parts }, (_, index) => {
    const row = Math.floor(index / parts) * y.dilation;
    return row * pitch + (index % parts) * x.dilation * channels * 4;
  });
  return { runs, runLength: x.dilation === 1 ? x.taps * channels : channels };
}
