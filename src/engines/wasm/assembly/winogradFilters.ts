// Winograd's transforms of filters, and of the sums that become a filter's gradient. See winograd.ts.
import { LANES, PANEL_ROW, packRow } from './panels';
import { scratch } from './scratch';
import { FilterGradient, partialPanelBytes, PLACES } from './winogradTask';

/** Transforms filters of panels start … end − 1. The depth runs over rows, columns and channels, in steps of values. */
export function winogradPanels(
  start: i32,
  end: i32,
  matrix: usize,
  bias: usize,
  panels: usize,
  columns: i32,
  columnStep: i32,
  rowStep: i32,
  tapStep: i32,
  channels: i32,
  channelStep: i32,
): void {
  const placeBytes = <usize>channels * PANEL_ROW;
  const panelBytes = PANEL_ROW + PLACES * placeBytes;
  for (let panel = start; panel < end; panel++) {
    const first = panel * LANES;
    const count = min(LANES, columns - first);
    let to = panels + <usize>panel * panelBytes;
    packRow(to, bias + (<usize>first << 2), 4, bias ? count : 0);
    to += PANEL_ROW;
    let from = matrix + ((first * columnStep) << 2);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          const row = scratch + <usize>(y * 3 + x) * PANEL_ROW;
          packRow(row, from + ((y * rowStep + x * tapStep) << 2), columnStep << 2, count);
        }
      }
      transformFilter(scratch, to, placeBytes);
      transformFilter(scratch + 16, to + 16, placeBytes);
      to += PANEL_ROW;
      from += channelStep << 2;
    }
  }
}

/** G g Gᵀ of four filters: 3×3 rows of a panel from `from`, 4×4 to `to`. */
function transformFilter(from: usize, to: usize, placeBytes: usize): void {
  const half = f32x4.splat(0.5);
  for (let y: usize = 0; y < 4; y++) {
    let g0 = v128.load(from);
    let g1 = v128.load(from, 32);
    let g2 = v128.load(from, 64);
    if (y == 3) {
      g0 = v128.load(from, 192);
      g1 = v128.load(from, 224);
      g2 = v128.load(from, 256);
    } else if (y > 0) {
      g0 = f32x4.add(g0, v128.load(from, 192));
      g1 = f32x4.add(g1, v128.load(from, 224));
      g2 = f32x4.add(g2, v128.load(from, 256));
      const sign = f32x4.splat(y == 1 ? 0.5 : -0.5);
      g0 = f32x4.add(f32x4.mul(g0, half), f32x4.mul(v128.load(from, 96), sign));
      g1 = f32x4.add(f32x4.mul(g1, half), f32x4.mul(v128.load(from, 128), sign));
      g2 = f32x4.add(f32x4.mul(g2, half), f32x4.mul(v128.load(from, 160), sign));
    }
    const sum = f32x4.mul(f32x4.add(g0, g2), half);
    const middle = f32x4.mul(g1, half);
    v128.store(to, g0);
    v128.store(to + placeBytes, f32x4.add(sum, middle));
    v128.store(to + 2 * placeBytes, f32x4.sub(sum, middle));
    v128.store(to + 3 * placeBytes, g2);
    to += 4 * placeBytes;
  }
}

/** Aᵀ m A of the partial sums, added in order, for input channels start … end − 1: gradient[3][3][channel][output]. */
export function winogradGradientTotal(start: i32, end: i32, task: usize, gradient: usize): void {
  const t = changetype<FilterGradient>(task);
  const partialPanel = partialPanelBytes(t);
  const placeBytes = <usize>t.groupPanels * partialPanel;
  const blockBytes = PLACES * placeBytes;
  const sumBytes = <usize>(t.slices * t.groups) * blockBytes;
  const tapBytes = <usize>(t.channels * t.outChannels) << 2;
  for (let channel = start; channel < end; channel++) {
    const slice = channel / t.sliceChannels;
    const line = <usize>(channel % t.sliceChannels) * PANEL_ROW;
    for (let first = 0; first < t.outChannels; first += 4) {
      const panel = first / LANES;
      const block = slice * t.groups + panel / t.groupPanels;
      const from =
        t.buffer +
        <usize>block * blockBytes +
        <usize>(panel % t.groupPanels) * partialPanel +
        line +
        (<usize>(first % LANES) << 2);
      for (let place = 0; place < PLACES; place++) {
        let at = from + <usize>place * placeBytes;
        let total = v128.load(at);
        for (let sum = 1; sum < t.sums; sum++) {
          at += sumBytes;
          total = f32x4.add(total, v128.load(at));
        }
        v128.store(scratch + (<usize>place << 4), total);
      }
      const to = gradient + (<usize>(channel * t.outChannels + first) << 2);
      // First down the columns, in place: rows 0 … 2 of the 4×4 values become those of Aᵀ m. Here are the halves of G.
      const half = f32x4.splat(0.5);
      for (let x: usize = 0; x < 64; x += 16) {
        const m0 = v128.load(scratch + x);
        const m1 = v128.load(scratch + x, 64);
        const m2 = v128.load(scratch + x, 128);
        const sum = f32x4.mul(f32x4.add(m1, m2), half);
        v128.store(scratch + x, f32x4.add(m0, sum));
        v128.store(scratch + x, f32x4.mul(f32x4.sub(m1, m2), half), 64);
        v128.store(scratch + x, f32x4.sub(sum, v128.load(scratch + x, 192)), 128);
      }
      for (let y: usize = 0; y < 3; y++) {
        const row = scratch + 64 * y;
        const m1 = v128.load(row, 16);
        const m2 = v128.load(row, 32);
        const sum = f32x4.mul(f32x4.add(m1, m2), half);
        const tap = to + 3 * y * tapBytes;
        v128.store(tap, f32x4.add(v128.load(row), sum));
        v128.store(tap + tapBytes, f32x4.mul(f32x4.sub(m1, m2), half));
        v128.store(tap + 2 * tapBytes, f32x4.sub(sum, v128.load(row, 48)));
      }
    }
  }
}
