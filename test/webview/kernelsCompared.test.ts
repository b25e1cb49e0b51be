import { describe, expect, it } from 'vitest';
import { colorTable } from '../../src/core/kernels/colormap';
import { census, paint } from '../../src/core/kernels/heatmap';
import type { KernelMap } from '../../src/core/kernels/kernelMap';
import { arrowPath } from '../../webview/lab/kernels/arrowPath';
import { kernelMapOf } from './kernels';
import { button, calls, open, page, plain } from './stage';

describe('the kernels of two networks', () => {
  it('at two epochs stand side by side, with one marker and their difference', async () => {
    await open('lab: kernels');
    await page.locator('.tile').nth(3).waitFor();
    await button('Side by Side').click();
    await page.getByText('inv_1: Δ kernel sum').waitFor();
    const opened = (await calls('openKernels')).map(([, , , epoch]) => epoch);
    expect(opened).toEqual([null, 0]);
    const sessions = [...new Set((await calls('kernelMap')).map(([session]) => session as string))];
    const [last, beginning] = sessions.map((session) => kernelMapOf(session, 'inv_1', null)) as [
      KernelMap,
      KernelMap,
    ];
    const values = beginning.values.map((value, i) => value - last.values[i]!);
    const limit = Math.max(...census(values).extent.map(Math.abs));
    const difference = page.locator('.kernel-row').nth(2).locator('canvas.pixels').first();
    const drawn = await difference.evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')!.getImageData(0, 0, 32, 32).data),
    );
    expect(drawn).toEqual([...paint({ values }, [-limit, limit], colorTable('diverging'))]);

    // Over the second network's first layer: the inspector explains that one, all tiles are marked.
    const tile = page.locator('.kernel-row').nth(1).locator('.tile-frame').nth(1);
    await tile.scrollIntoViewIfNeeded();
    const box = (await tile.boundingBox())!;
    await page.mouse.move(box.x + (3.5 * box.width) / 32, box.y + (5.5 * box.height) / 32);
    await page.getByText('pixel (3, 5) of inv_1').first().waitFor();
    await expect.poll(async () => (await calls('kernelAt')).at(-1)).toEqual([sessions[1], 'inv_1', 5, 3]);
    const lefts = await page
      .locator('.marker')
      .evaluateAll((all) => all.map((marker) => (marker as HTMLElement).style.left));
    const row = ['9.375%', '9.375%', '6.25%', '0%'];
    expect(lefts).toEqual([...row, ...row, ...row.slice(1)]);

    await button('Side by Side').click();
    await expect.poll(() => page.locator('.kernel-row').count()).toBe(1);
    await expect.poll(async () => await calls('closeKernels')).toEqual([[sessions[1]]]);
  });

  it('are paired layer by layer, and the other’s layer can be chosen', async () => {
    await open('lab: kernels-six');
    await page.locator('.tile').nth(3).waitFor();
    await button('Side by Side').click();
    const models = page.locator('.compared').getByRole('combobox', { name: 'Model' });
    await models.selectOption('rednet');
    // Each has its strip now, and draws one layer.
    const strips = page.locator('.strip');
    await strips.nth(1).waitFor();
    const heads = async () => (await strips.locator('strong').allTextContents()).join(' | ');
    await expect.poll(heads).toBe('inv_1 | block_1');
    expect(plain(await strips.nth(1).locator('p').textContent())).toContain('RedNet');
    await page.getByText('block_1 − inv_1: Δ kernel sum').waitFor();
    await strips
      .nth(0)
      .getByRole('button', { name: /^inv_2/ })
      .click();
    // Of the two with 16 × 16 positions the first.
    await expect.poll(heads).toBe('inv_2 | block_2');
    expect(await strips.nth(1).locator('p').textContent()).toContain(
      '16×16, 2 groups, kernels 3×3, stride 2',
    );
    await strips
      .nth(1)
      .getByRole('button', { name: /^block_3/ })
      .click();
    await expect.poll(heads).toBe('inv_2 | block_3');
    await page.getByText('block_3 − inv_2: Δ kernel sum').waitFor();
    // Of another size there is no difference.
    await strips
      .nth(1)
      .getByRole('button', { name: /^block_8/ })
      .click();
    await page.getByText('the two maps are not of one size').waitFor();
    await strips
      .nth(0)
      .getByRole('button', { name: /^inv_3/ })
      .click();
    await expect.poll(heads).toBe('inv_3 | block_4');
  });

  it('that look somewhere else in another epoch differ by arrows', async () => {
    await open('lab: kernels');
    await page.getByText('inv_1, kernel sum').waitFor();
    await page.getByRole('combobox', { name: 'What is shown of each kernel' }).selectOption('offset');
    await button('Side by Side').click();
    await page.getByText('inv_3: Δ kernel expected offset').waitFor();
    const sessions = [...new Set((await calls('kernelMap')).map(([session]) => session as string))];
    const [last, beginning] = sessions.map((session) => kernelMapOf(session, 'inv_3', 'offset').arrows!);
    const arrows = beginning!.map((value, i) => value - last![i]!);
    const drawn = page.locator('.kernel-row').nth(2).locator('.arrows path').last();
    await expect.poll(() => drawn.getAttribute('d')).toBe(arrowPath(arrows, 8));
  });
});
