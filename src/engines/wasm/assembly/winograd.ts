// 3×3 convolution of stride 1 and the gradient of its filter by Winograd's algorithm (Lavin and Gray 2016, "Fast
// Algorithms for Convolutional Neural Networks"): F(2×2, 3×3) and F(3×3, 2×2). Both take a patch of 4×4 pixels for each
// tile of 2×2 pixels of the output, and 16 products by channel pair where 36 stand in the definition:
//
//   y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A,   Bᵀ = ⎡1  0 −1  0⎤
//                                          ⎢0  1  1  0⎥
//                                          ⎢0 −1  1  0⎥
//                                          ⎣0  1  0 −1⎦
//
// At each of the 16 places of a transformed patch the products over channels (or over tiles, for the filter's gradient)
// are a product of matrices. The factors are 0, ±1 and ½, so that no digits are lost beyond those of the sums.
import { multiplyPanels, multiplySixes } from './gemm';
import { LANES, PANEL_ROW } from './panels';
import { scratch } from './scratch';
import { wide } from './tile';
import { ceilDivide } from './windows';
import { Convolution, FilterGradient, partialPanelBytes, PLACES, oddLines } from './winogradTask';
import { transformGradients, transformPatches, transformProducts } from './winogradTiles';

/** Convolves blocks of tiles, [block of tiles][group of panels] start … end − 1 of them. */
export function winogradConvolve(start: i32, end: i32, task: usize): void {
  const t = changetype<Convolution>(task);
  const bytes = <usize>t.channels << 2;
  const panelPlace = <usize>t.channels * PANEL_ROW;
  const panelBytes = PANEL_ROW + PLACES * panelPlace;
  const panels = ceilDivide(t.outChannels, LANES);
  const zeros = scratch;
  const run = zeros + PANEL_ROW;
  const products = run + 16;
  const productStep = oddLines(<usize>t.blockTiles * PANEL_ROW);
  const panelProducts = PLACES * productStep;
  const patches = products + 2 * panelProducts;
  const patchStep = oddLines(PLACES * bytes);
  const patch = patches + <usize>t.blockTiles * patchStep;
  memory.fill(zeros, 0, PANEL_ROW);
  store<u32>(run, 0);
  let transformed = -1;
  for (let item = start; item < end; item++) {
    const block = item / t.groups;
    const firstPanel = (item % t.groups) * t.groupPanels;
    const first = block * t.blockTiles;
    const count = min(t.blockTiles, t.tiles - first);
    if (block != transformed) transformPatches(t, first, count, 0, t.channels, patches, patchStep, patch);
    transformed = block;
    const lastPanel = min(panels, firstPanel + t.groupPanels);
    for (let panel = firstPanel; panel < lastPanel; ) {
      const filters = t.buffer + <usize>panel * panelBytes;
      const together = wide ? min(2, lastPanel - panel) : 1;
      for (let place = 0; place < PLACES; place++) {
        const from = patches + <usize>place * bytes;
        const filter = filters + PANEL_ROW + <usize>place * panelPlace;
        const to = products + <usize>place * productStep;
        // Tiles beyond the last are computed of whatever is there, and not stored.
        if (together == 1)
          multiplySixes(ceilDivide(count, 6) * 6, from, patchStep, t.channels, filter, zeros, to, PANEL_ROW);
        else
          multiplyPanels(
            together,
            count,
            from,
            patchStep,
            4,
            run,
            1,
            t.channels,
            filter,
            PANEL_ROW,
            panelBytes,
            zeros,
            0,
            0,
            to,
            PANEL_ROW,
            panelProducts,
            together * LANES,
            0,
          );
      }
      let from = products;
      for (const end = panel + together; panel < end; panel++, from += panelProducts)
        transformProducts(t, first, count, from, productStep, t.buffer + <usize>panel * panelBytes, panel * LANES);
    }
  }
}

/** Sums over tiles of patches × transformed output gradients: blocks [sum][slice][group] start … end − 1 of them. */
export function winogradGradientPartials(start: i32, end: i32, task: usize): void {
  const t = changetype<FilterGradient>(task);
  const patchStep = oddLines(<usize>(PLACES * t.sliceChannels) << 2);
  const gradientPanel = <usize>t.blockTiles * PANEL_ROW;
  const gradientStep = oddLines(<usize>t.groupPanels * gradientPanel);
  const run = scratch;
  const patches = run + 16;
  const gradients = patches + <usize>t.blockTiles * patchStep;
  const patch = gradients + PLACES * gradientStep;
  const partialPanel = partialPanelBytes(t);
  const blockBytes = <usize>(PLACES * t.groupPanels) * partialPanel;
  store<u32>(run, 0);
  for (let block = start; block < end; block++) {
    const group = block % t.groups;
    const c0 = ((block / t.groups) % t.slices) * t.sliceChannels;
    const c1 = min(c0 + t.sliceChannels, t.channels);
    const sum = block / (t.groups * t.slices);
    const firstPanel = group * t.groupPanels;
    const panels = min(t.groupPanels, ceilDivide(t.outChannels, LANES) - firstPanel);
    const partial = t.buffer + <usize>block * blockBytes;
    memory.fill(partial, 0, blockBytes);
    const last = <i32>((<i64>(sum + 1) * t.tiles) / t.sums);
    for (let first = <i32>((<i64>sum * t.tiles) / t.sums); first < last; first += t.blockTiles) {
      const count = min(t.blockTiles, last - first);
      transformPatches(t, first, count, c0, c1, patches, patchStep, patch);
      for (let panel = 0; panel < panels; panel++) {
        const to = gradients + <usize>panel * gradientPanel;
        transformGradients(t, first, count, (firstPanel + panel) * LANES, to, gradientStep);
      }
      for (let place = 0; place < PLACES; place++) {
        const sums = partial + <usize>(place * t.groupPanels) * partialPanel;
        multiplyPanels(
          panels,
          c1 - c0,
          patches + (<usize>(place * (c1 - c0)) << 2),
          4,
          patchStep,
          run,
          1,
          count,
          gradients + <usize>place * gradientStep,
          PANEL_ROW,
          gradientPanel,
          sums,
          PANEL_ROW,
          partialPanel,
          sums,
          PANEL_ROW,
          partialPanel,
          panels * LANES,
          0,
        );
      }
    }
  }
}
