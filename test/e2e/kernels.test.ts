import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colorTable } from '../../src/core/kernels/colormap';
import type { Workbench } from '../workbench/workbench';
import {
  eventually,
  labPanel,
  makeWorkspace,
  openWorkbench,
  runFolders,
  trainFromPalette,
} from './extension';

const images = ['beetle.svg', 'sailboat.jpg'];

interface MapJson {
  readonly height: number;
  readonly width: number;
  readonly values: number[];
  readonly minimum: number;
  readonly maximum: number;
}

/** The kernel maps of an image under a run's newest checkpoint, layer by layer, as the headless command gives them. */
function kernelMapsOf(runFolder: string, file: string): MapJson[] {
  const command = ['dist/involution.mjs', 'kernels', file, '--run', runFolder, '--engine', 'cpu', '--json'];
  const answer = JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
  return answer.images[0].layers;
}

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
      copyFileSync(join('src/tools/workbench/sample/pictures', name), join(workspace.path, name));
    workbench = await openWorkbench(workspace.path);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('are shown untrained, and said to be so, before there is a run', async () => {
    await workbench.explorerMenu(images, 'Visualize Involution Kernels');
    const lab = await labPanel(workbench);
    await lab.locator('.kernel-row .badge', { hasText: 'untrained' }).nth(1).waitFor({ timeout: 60_000 });
    await lab.locator('.kernel-row').nth(1).locator('.tile-frame').nth(3).waitFor();
    expect(await lab.locator('.kernel-row strong').allTextContents()).toEqual(images);
    await workbench.screenshot('kernels-untrained');
    await workbench.command('View: Close All Editors');
  });

  it('are those of the latest run', async () => {
    await trainFromPalette(workbench, ['Involution', 'Convolution'], 3);
    await workbench.notification(/is trained/, 560_000);
    await workbench.command('View: Close All Editors');
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.explorerMenu(['sailboat.jpg'], 'Visualize Involution Kernels');
    const lab = await labPanel(workbench);
    await lab.locator('.kernel-row').first().locator('.tile-frame').nth(3).waitFor({ timeout: 60_000 });
    await lab.getByText('epoch 3 of').first().waitFor();
    await workbench.screenshot('kernels');
    // A convolution takes its time on a machine that is shared.
  }, 600_000);

  it('are, pixel for pixel, the map of the core', async () => {
    const lab = await labPanel(workbench);
    const maps = kernelMapsOf(runFolders(workspace.path)[0]!, join(workspace.path, 'sailboat.jpg'));
    expect(maps.map(({ width }) => width)).toEqual([32, 16, 8]);
    const table = colorTable('viridis');
    for (const [i, map] of maps.entries()) {
      const shown = await heatmapPixels(lab, i + 1);
      expect([shown.width, shown.height]).toEqual([map.width, map.height]);
      const range = map.maximum - map.minimum;
      const expected = map.values.flatMap((value) => {
        const at = 3 * Math.round(((value - map.minimum) / range) * 255);
        return [...table.subarray(at, at + 3)];
      });
      const off = shown.rgb.filter((value, k) => Math.abs(value - expected[k]!) > 3).length;
      expect(off, `pixels of layer ${i + 1} that differ`).toBe(0);
    }
  });

  it('explain the pixel under the pointer', async () => {
    const lab = await labPanel(workbench);
    await lab
      .locator('.kernel-row')
      .first()
      .locator('.tile-frame')
      .nth(1)
      .hover({ position: { x: 60, y: 70 } });
    await lab.locator('.application .matrix').nth(2).waitFor();
    await workbench.screenshot('kernels-inspector');
    const products = await lab.locator('.application .matrix').nth(2).locator('td').allTextContents();
    const sum = await lab.locator('.inspector strong').first().textContent();
    const number = (text: string) => Number(text.replace('−', '-'));
    const total = products.map(number).reduce((a, b) => a + b, 0);
    expect(products).toHaveLength(9);
    const decimals = products[0]!.split('.')[1]!.length;
    expect(Math.abs(total - number(sum!))).toBeLessThan(9 * 0.5 * 10 ** -decimals + 1e-4);
  });

  it('change along a row, beside a convolution whose stencil does not', async () => {
    const lab = await labPanel(workbench);
    // The second layer: so early, what the first makes of most pixels ends at its ReLU.
    const tile = lab.locator('.kernel-row').first().locator('.tile-frame').nth(2);
    await tile.focus();
    await tile.press('ArrowDown');
    await tile.press('Enter');
    await lab
      .getByText(/of inv_2$/)
      .first()
      .waitFor();
    const films = lab.locator('.film');
    await films.nth(1).waitFor({ timeout: 30_000 });
    await films.first().focus();
    await films.first().press('Home');
    await films.first().press('ArrowRight');
    await lab
      .getByText(/^pixel \(1, \d+\) of inv_2$/)
      .first()
      .waitFor();
    await workbench.screenshot('kernels-film');
    const different = await films.evaluateAll((all) =>
      all.map((film) => {
        const context = film.querySelector('canvas')!.getContext('2d')!;
        const stencils = Array.from({ length: 16 }, (_, i) =>
          context.getImageData(4 * i, 0, 3, 3).data.join(),
        );
        return new Set(stencils).size;
      }),
    );
    expect(different[0]).toBeGreaterThan(4);
    expect(different[1]).toBe(1);
  });

  it('are walked through along a row: one stencil changes at every step, the other never', async () => {
    const lab = await labPanel(workbench);
    const films = lab.locator('.film');
    await films.first().focus();
    await films.first().press('End');
    for (let i = 0; i < 4; i++) await films.first().press('ArrowLeft');
    const pixel = lab.locator('.inspector h3').first();
    const column = async () => Number(/^pixel \((\d+),/.exec((await pixel.textContent())!)![1]);
    await eventually('column 11', async () => (await column()) === 11);
    /** Of either film, the stencil in the frame. */
    const framed = () =>
      films.evaluateAll((all) =>
        all.map((film) => {
          const at = 4 * Number(film.getAttribute('aria-valuenow'));
          return film.querySelector('canvas')!.getContext('2d')!.getImageData(at, 0, 3, 3).data.join();
        }),
      );
    const seen = new Map<number, string[]>();
    await lab.getByRole('button', { name: 'Play: walk along the row' }).click();
    await lab.locator('.beside').getByRole('button', { name: 'Pause' }).waitFor();
    await workbench.screenshot('kernels-play');
    await eventually('the end of the row', async () => {
      const at = await column();
      const stencils = await framed();
      if (at === (await column())) seen.set(at, stencils);
      return at === 15;
    });
    // At the end it stops by itself, and can be played again from the beginning.
    await lab.getByRole('button', { name: 'Play: walk along the row' }).waitFor();
    expect(seen.size).toBeGreaterThanOrEqual(3);
    const [ours, theirs] = [0, 1].map((film) => new Set([...seen.values()].map((both) => both[film])));
    expect(ours!.size).toBeGreaterThan(1);
    expect(theirs!.size).toBe(1);
  });

  it('are compared with those before training, and the difference is drawn', async () => {
    const lab = await labPanel(workbench);
    await lab.getByRole('button', { name: 'Side by Side' }).click();
    await lab.getByText('inv_3: Δ kernel sum').waitFor({ timeout: 30_000 });
    expect(await lab.locator('.kernel-row').count()).toBe(3);
    await workbench.screenshot('kernels-side-by-side');
    await lab.getByRole('button', { name: 'Side by Side' }).click();
    await eventually('one row', async () => (await lab.locator('.kernel-row').count()) === 1);
  });

  it('form over the epochs of the run', async () => {
    const lab = await labPanel(workbench);
    const before = await heatmapPixels(lab, 1);
    const slider = lab.locator('label', { hasText: 'epoch' }).locator('input[type=range]');
    await slider.focus();
    await slider.press('Home');
    await eventually('another picture at epoch 0', async () => {
      const now = await heatmapPixels(lab, 1);
      return now.rgb.join() !== before.rgb.join();
    });
    expect(await lab.locator('label', { hasText: 'epoch' }).locator('output').textContent()).toBe('0');
  });
});
