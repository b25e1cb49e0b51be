// Convolution over NHWC images as matrix products over windows.
//
// The output is cut into tiles of tileHeight × tileWidth pixels. For each tile the pixels that its windows cover are
// copied to this thread's scratch, zeros where the window hangs over the edge; there one row of a window is one run
// of consecutive values, whatever the number of channels, and nothing has to be asked about edges any more.
// The input's gradient is a convolution too (see ../convolution.ts).
import { multiplyPanels, multiplySixes } from './gemm';
import { LANES, PANEL_ROW } from './panels';
import { scratch } from './scratch';
import { wide } from './tile';
import { ceilDivide, gather, Windows } from './windows';

@unmanaged
class Convolution extends Windows {
  runCount: i32;
  runLength: i32;
  output: usize;
  /** Bytes between images, rows and pixels of the output. */
  imageStep: usize;
  rowStep: usize;
  pixelStep: usize;
  /** The least and the greatest output (ReLU: 0 and ∞). */
  lower: f32;
  upper: f32;
}

/** Convolves tiles start … end − 1 of the batch. */
export function convolve(start: i32, end: i32, task: usize): void {
  const t = changetype<Convolution>(task);
  const across = ceilDivide(t.outWidth, t.tileWidth);
  const down = ceilDivide(t.outHeight, t.tileHeight);
  const panelBytes = <usize>(1 + t.runCount * t.runLength) * PANEL_ROW;
  const windowStep = <usize>t.strideX * (t.inPlace ? t.pixelBytes : <usize>t.channels << 2);
  const isClamped = t.lower > -Infinity || t.upper < Infinity;
  for (let tile = start; tile < end; tile++) {
    const q0 = (tile % across) * t.tileWidth;
    const p0 = ((tile / across) % down) * t.tileHeight;
    const image = tile / (across * down);
    const p1 = min(p0 + t.tileHeight, t.outHeight);
    const q1 = min(q0 + t.tileWidth, t.outWidth);
    let windows = scratch;
    if (t.inPlace) {
      windows = t.image + <usize>image * t.imageBytes;
      windows += (p0 * t.strideY - t.top) * t.rowBytes + (q0 * t.strideX - t.left) * t.pixelBytes;
    } else if (t.runCount > 0) {
      gather(t, scratch, image, p0, p1, q0, q1, 0, t.channels);
    }
    const output =
      t.output + <usize>image * t.imageStep + <usize>p0 * t.rowStep + <usize>q0 * t.pixelStep;
    let panel = t.buffer;
    for (let channel = 0; channel < t.outChannels; ) {
      const left = t.outChannels - channel;
      const panels = wide && left > LANES ? 2 : 1;
      const inSixes = !wide && t.runCount == 1 && !isClamped && left >= LANES;
      for (let p = 0; p < p1 - p0; p++) {
        const from = windows + <usize>(p * t.strideY) * t.pitch;
        const to = output + <usize>p * t.rowStep + (<usize>channel << 2);
        const done = inSixes
          ? multiplySixes(q1 - q0, from, windowStep, t.runLength, panel + PANEL_ROW, panel, to, t.pixelStep)
          : 0;
        multiplyPanels(
          panels,
          q1 - q0 - done,
          from + <usize>done * windowStep,
          windowStep,
          4,
          task + offsetof<Convolution>(),
          t.runCount,
          t.runLength,
          panel + PANEL_ROW,
          PANEL_ROW,
          panelBytes,
          panel,
          0,
          panelBytes,
          to + <usize>done * t.pixelStep,
          t.pixelStep,
          PANEL_ROW,
          left,
          task + offsetof<Convolution>('lower'),
        );
      }
      channel += panels * LANES;
      panel += panels * panelBytes;
    }
  }
}
