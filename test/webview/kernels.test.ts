import { describe, expect, it } from 'vitest';
import { colorTable } from '../../src/core/kernels/colormap';
import { census, paint, scaleOf } from '../../src/core/kernels/heatmap';
import { arrowPath } from '../../webview/lab/kernels/arrowPath';
import { kernelDetail, kernelMapOf } from './images';
import { twelveModels } from './models';
import { button, calls, open, page, plain } from './stage';

describe('the kernels', () => {
  it('are painted pixel by pixel as the core paints them', async () => {
    await open('lab: kernels');
    const heatmap = page.locator('.tile').nth(1).locator('canvas.pixels');
    await heatmap.waitFor();
    const session = ((await calls('kernelMap'))[0] as [string])[0];
    const map = kernelMapOf(session, 'inv_1', null);
    const scale = scaleOf(census(map.values).extent, { colorMap: 'viridis', scale: 'image', limit: 0 });
    const drawn = await heatmap.evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data),
    );
    expect(drawn).toEqual([...paint(map, scale, colorTable('viridis'))]);
    expect(plain(await page.locator('.legend').nth(1).textContent())).toBe(
      scale.map((v) => v.toFixed(2)).join(''),
    );
  });

  it('are explained where the pointer is, with a marker on every layer', async () => {
    await open('lab: kernels');
    const tile = page.locator('.tile-frame').nth(2);
    const box = (await tile.boundingBox())!;
    // Row 9, column 4 of inv_2's 16 × 16.
    await page.mouse.move(box.x + (4.5 * box.width) / 16, box.y + (9.5 * box.height) / 16);
    await page.getByText('pixel (4, 9) of inv_2').first().waitFor();
    const session = ((await calls('kernelAt')).at(-1) as [string])[0];
    const detail = kernelDetail(session, 'inv_2', 9, 4);
    await expect
      .poll(async () => plain(await page.locator('.inspector strong').textContent()))
      .toBe(detail.output[0]!.toFixed(4));
    const cells = await page.locator('.matrix').first().locator('td').allTextContents();
    expect(cells.map(plain)).toEqual([...detail.kernel].map((w) => w.toFixed(2).replace(/^-(0\.00)$/, '$1')));
    const markers = await page
      .locator('.marker')
      .evaluateAll((all) =>
        all.map((marker) => [(marker as HTMLElement).style.left, (marker as HTMLElement).style.top]),
      );
    // Input and inv_1 are 32 × 32, inv_3 is 8 × 8.
    expect(markers).toEqual([
      ['28.125%', '59.375%'],
      ['28.125%', '59.375%'],
      ['25%', '56.25%'],
      ['25%', '50%'],
    ]);
    await page.getByRole('combobox', { name: 'Channel' }).selectOption('2');
    await expect
      .poll(async () => plain(await page.locator('.inspector strong').textContent()))
      .toBe(detail.output[2]!.toFixed(4));
    // Elsewhere, the marker is back in the middle of the first layer.
    await page.mouse.move(5, 5);
    await page.getByText('pixel (16, 16) of inv_1').first().waitFor();
  });

  it('stay under a marker that is held, from epoch to epoch', async () => {
    await open('lab: kernels');
    const first = page.locator('.tile-frame').nth(1);
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await button('Let Go').waitFor();
    await page.getByRole('slider', { name: /^epoch/ }).fill('2');
    await expect.poll(async () => (await calls('openKernels')).at(-1)![3]).toBe(2);
    await page.getByText('epoch 2 of cifar10 inn+cnn').waitFor();
    await page.getByText('pixel (17, 17) of inv_1').first().waitFor();
    const opened = (await calls('openKernels')).length;
    await expect.poll(async () => (await calls('closeKernels')).length).toBe(opened - 1);
  });

  it('ask each question once', async () => {
    await open('lab: kernels-bare');
    await page.locator('.tile').nth(15).waitFor();
    await page.waitForTimeout(300);
    expect(await calls('openKernels')).toHaveLength(4);
    expect(await calls('kernelMap')).toHaveLength(12);
    expect(await calls('kernelAt')).toHaveLength(1);
  });

  it('are those of the model that is picked, where a run has several', async () => {
    await open('lab: kernels-six');
    await page.locator('.tile').nth(1).waitFor();
    expect((await calls('openKernels'))[0]![2]).toBeNull();
    const models = page.getByRole('combobox', { name: 'Model' });
    expect(await models.locator('option').allTextContents()).toEqual(
      twelveModels.slice(0, 6).flatMap(({ id, title }) => (id === 'convolution' ? [] : [title])),
    );
    await models.selectOption('static');
    await expect.poll(async () => (await calls('openKernels')).at(-1)![2]).toBe('static');
    await page.getByText('epoch 14 of cifar10 inn+cnn · Static kernels').waitFor();
  });

  it('show another statistic on request, and keep it with the panel', async () => {
    await open('lab: kernels');
    await page.getByText('inv_1, kernel sum').waitFor();
    await page.getByRole('combobox', { name: 'What is shown of each kernel' }).selectOption('offset');
    await page.getByText('inv_1, kernel expected offset').waitFor();
    expect((await calls('kernelMap')).at(-1)![3]).toBe('offset');
    // An arrow for each of 8 × 8 cells that looks anywhere.
    const path = await page.locator('.arrows path').last().getAttribute('d');
    const session = ((await calls('kernelMap')).at(-1) as [string])[0];
    expect(path).toBe(arrowPath(kernelMapOf(session, 'inv_3', 'offset').arrows!, 8));
  });

  it('are labelled when no network was trained', async () => {
    await open('lab: kernels-none');
    await page.locator('.badge', { hasText: 'untrained' }).waitFor();
    await button('Train a Model').click();
    expect(await calls('trainFirst')).toHaveLength(1);
  });
});
