import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colorTable } from '../../../src/core/kernels/colormap';
import type { Workbench } from '../../workbench/workbench';
import { labPanel, makeWorkspace, openWorkbench, runFolders, trainFromPalette } from '../extension';
import { kernelMapsOf } from './core';

const images = ['beetle.svg', 'sailboat.jpg'];

/** The pixels of the n-th heatmap of the first row, RGB. */
function heatmapPixels(lab: Frame, tile: number): Promise<{ width: number; height: number; rgb: number[] }> {
  return lab.evaluate((index) => {
    const frame = document.querySelectorAll('.kernel-row')[0]!.querySelectorAll('.tile-frame')[index]!;
    const canvas = frame.querySelector('canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return {
      width: canvas.width,
      height: canvas.height,
      rgb: [...data].filter((_, i) => i % 4 !== 3),
    };
  }, tile);
}

describe('the kernels of images in the explorer', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  beforeAll(async () => {
    for (const name of images)
      copyFileSync(join('test/workbench/sample/pictures', name), join(workspace.path, name));
    workbench = await openWorkbench(workspace.path);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('are those of the latest run, pixel for pixel the map of the core', async () => {
    await trainFromPalette(workbench, /^(?!.*Convolution).*Involution/i, 3);
    await workbench.notification(/is trained/, 120_000);
    await workbench.command('View: Close All Editors');
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.explorerMenu('sailboat.jpg', 'Visualize Involution Kernels');
    const lab = await labPanel(workbench);
    await lab.locator('.kernel-row').first().locator('.tile-frame').nth(3).waitFor({ timeout: 60_000 });
    await workbench.screenshot('kernels');

    const [run] = runFolders(workspace.path);
    const first = await lab.locator('.kernel-row strong').first().textContent();
    const maps = await kernelMapsOf(run!, join(workspace.path, first!));
    const table = colorTable('viridis');
    for (const [i, map] of maps.entries()) {
      const shown = await heatmapPixels(lab, i + 1);
      expect([shown.width, shown.height]).toEqual([map.width, map.height]);
      const range = map.maximum - map.minimum;
      const expected = [...map.values].flatMap((value) => {
        const at = 3 * Math.round(((value - map.minimum) / range) * 255);
        return [...table.subarray(at, at + 3)];
      });
      const off = shown.rgb.filter((value, k) => Math.abs(value - expected[k]!) > 3).length;
      expect(off, `pixels of layer ${i + 1} that differ`).toBe(0);
    }
  });
});
