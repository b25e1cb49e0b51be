import { describe, expect, it } from 'vitest';
import { colorTable } from '../../src/core/kernels/colormap';
import { census, paint, scaleOf } from '../../src/core/kernels/heatmap';
import { arrowPath } from '../../webview/lab/kernels/arrowPath';
import { counterpartOf, kernelDetail, kernelMapOf, kernelRowOf } from './kernels';
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
    const cells = await page.locator('.application .matrix').first().locator('td').allTextContents();
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

  it('come about stage by stage, each with its shape, its numbers, and a sentence by a click', async () => {
    await open('lab: kernels');
    const stages = page.locator('.stage');
    await stages.first().waitFor();
    const session = ((await calls('kernelAt')).at(-1) as [string])[0];
    const detail = kernelDetail(session, 'inv_1', 16, 16);
    const shown = await stages.evaluateAll((all) =>
      all.map((stage) => [...stage.children].slice(0, 2).map((part) => part.textContent)),
    );
    expect(shown).toEqual([
      ...[
        ['Pixel', '3'],
        ['Reduction', '1'],
        ['Batch normalisation', '1'],
        ['ReLU', '1'],
        ['sum', '1'],
        ['output', '3'],
      ],
    ]);
    const [pixel] = detail.stages;
    expect((await stages.first().locator('td').allTextContents()).map(plain)).toEqual(
      [...pixel!.values].map((value) => value.toFixed(2)),
    );
    const name = button('Batch normalisation');
    expect(await name.getAttribute('title')).toBe('γ (z − μ) / √(σ² + ε) + β');
    await name.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Each number is centred and scaled by the statistics').waitFor();
    expect(await name.getAttribute('aria-expanded')).toBe('true');
    // What the layer gives, in all its channels; and of the stages beside each other the shape too.
    expect((await stages.last().locator('td').allTextContents()).map(plain)).toEqual(
      [...detail.output].map((value) => value.toFixed(2).replace(/^-(0\.00)$/, '$1')),
    );
    const beside = page.locator('.application .matrices > div');
    expect(
      await beside.evaluateAll((all) => all.map((each) => each.querySelector('span')?.textContent)),
    ).toEqual(Array(3).fill('3×3'));
    await page.getByRole('button', { name: 'sum', exact: true }).click();
    await page.getByText('All products added up, for this channel:').waitFor();
    await page.getByRole('button', { name: 'kernel', exact: true }).click();
    await page.getByText('Span: A second 1×1 convolution spans these numbers').waitFor();
    expect(await page.locator('.sentence').count()).toBe(1);
  });

  it('that are a softmax’s have the same sum everywhere, and it is said why', async () => {
    await open('lab: kernels-attention');
    await page.getByText('attention, kernel entropy').waitFor();
    await page.getByRole('combobox', { name: 'What is shown of each kernel' }).selectOption('sum');
    await page.getByText('constant here: 4.00 (a softmax sums to 1)').waitFor();
    await page.getByRole('combobox', { name: 'Group' }).selectOption('1');
    await page.getByText('constant here: 1.00 (a softmax sums to 1)').waitFor();
  });

  it('stand beside a convolution, whose stencil is the same all along the row', async () => {
    await open('lab: kernels');
    const films = page.locator('.film canvas');
    await films.nth(1).waitFor();
    const session = ((await calls('kernelRow')).at(-1) as [string])[0];
    const other = counterpartOf('inv_1', 0, { id: 'convolution', title: 'Convolution' });
    const row = kernelRowOf(session, 'inv_1', 16);
    // The page of 16 positions from column 16 on, a gap between each two.
    const ours = new Float32Array(63 * 3).fill(Number.NaN);
    const theirs = new Float32Array(63 * 3).fill(Number.NaN);
    for (let i = 0; i < 16; i++)
      for (let tap = 0; tap < 9; tap++) {
        const at = Math.floor(tap / 3) * 63 + 4 * i + (tap % 3);
        ours[at] = row[(16 + i) * 9 + tap]!;
        theirs[at] = other.weights[3 * tap]!;
      }
    for (const [i, values] of [ours, theirs].entries()) {
      const limit = Math.max(...values.filter(Number.isFinite).map(Math.abs));
      const drawn = await films
        .nth(i)
        .evaluate((canvas: HTMLCanvasElement) =>
          Array.from(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data),
        );
      expect(drawn).toEqual([...paint({ values }, [-limit, limit], colorTable('diverging'))]);
    }
    // One kernel for all three channels; a stencil for each of them.
    const stencils = page.locator('.pair canvas');
    const pixels = await stencils.evaluateAll((all) =>
      all.map((canvas) =>
        (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 3, 3).data.join(),
      ),
    );
    expect(pixels).toHaveLength(6);
    expect(new Set(pixels.slice(0, 3)).size).toBe(1);
    expect(new Set(pixels.slice(3)).size).toBe(3);
    await page.getByRole('combobox', { name: 'Filter of the convolution' }).selectOption('4');
    await expect.poll(async () => (await calls('counterpart')).at(-1)).toEqual([session, 'inv_1', 4]);
  });

  it('step along a row by arrow keys, and at each press where nothing may move by itself', async () => {
    await open('lab: kernels');
    const film = page.getByRole('slider', { name: 'The kernels of inv_1 along row 16' });
    await film.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('pixel (17, 16) of inv_1').first().waitFor();
    await page.keyboard.press('End');
    await page.getByText('pixel (31, 16) of inv_1').first().waitFor();
    expect(await film.getAttribute('aria-valuenow')).toBe('31');
    await button('Next position of the row').click();
    await page.getByText('pixel (0, 16) of inv_1').first().waitFor();
    // On the button, too.
    await page.keyboard.press('ArrowRight');
    await page.getByText('pixel (1, 16) of inv_1').first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('pixel (0, 16) of inv_1').first().waitFor();
    await page.waitForTimeout(1000);
    await page.getByText('pixel (0, 16) of inv_1').first().waitFor();
    await button('Let Go').waitFor();
  });

  it('walk along a row by themselves, to its end, until they are told to pause', async () => {
    await open('lab: kernels');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.locator('.film').nth(1).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press(i === 0 ? 'End' : 'ArrowLeft');
    await page.getByText('pixel (29, 16) of inv_1').first().waitFor();
    await button('Play: walk along the row').click();
    await button('Pause').first().waitFor();
    await page.getByText('pixel (31, 16) of inv_1').first().waitFor();
    await button('Play: walk along the row').waitFor();
    const columns = (await calls('kernelAt')).map(([, , , column]) => column);
    expect(columns.slice(-3)).toEqual([29, 30, 31]);
  });

  it('say so where the run has no convolution to stand beside', async () => {
    await open('lab: kernels-one');
    await page.getByText('This run trained no convolution.').waitFor();
    expect(await page.locator('.film').count()).toBe(1);
  });

  it('of a deep network are picked layer by layer from a strip, with a map for each group', async () => {
    await open('lab: kernels-rednet');
    const strip = page.getByRole('toolbar', { name: 'Layers' });
    await strip.locator('canvas').nth(7).waitFor();
    // The input, one layer, and its two groups.
    await page.locator('.tile').nth(3).waitFor();
    expect(await page.locator('.tile').count()).toBe(4);
    const session = ((await calls('kernelMap'))[0] as [string])[0];
    const drawn = await page
      .locator('.group-tiles canvas')
      .evaluateAll((all) =>
        all.map((canvas) => [
          ...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 32, 32).data,
        ]),
      );
    // Both on one scale, so that they compare.
    const maps = [0, 1].map((group) => kernelMapOf(session, 'block_1', null, group));
    const extents = maps.map(({ values }) => census(values).extent);
    const extent = [
      Math.min(...extents.map(([min]) => min)),
      Math.max(...extents.map(([, max]) => max)),
    ] as const;
    expect(drawn).toEqual(maps.map((map) => [...paint(map, extent, colorTable('viridis'))]));
    await strip.getByRole('button', { pressed: true }).focus();
    await page.keyboard.press('End');
    await page.getByText('block_8, kernel sum').waitFor();
    expect(await strip.getByRole('button', { pressed: true }).getAttribute('title')).toBe(
      'block_8: 4×4, 4 groups, kernels 3×3',
    );
    await page.locator('.group-tiles .tile').nth(3).waitFor();
    // The place of the marker is that of the picture, at this layer's resolution.
    await page.getByText('pixel (2, 2) of block_8').first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('block_7, kernel sum').waitFor();
    expect(await page.locator('.kernel-row > .tiles .tile').count()).toBe(2);
  });

  it('are labelled when no network was trained', async () => {
    await open('lab: kernels-none');
    await page.locator('.badge', { hasText: 'untrained' }).waitFor();
    // The story's are the same along a row then, and the page does not claim otherwise.
    await page.getByText('All positions of this row have the same kernel').waitFor();
    await button('Train a Model').click();
    expect(await calls('trainFirst')).toHaveLength(1);
  });
});
