import { describe, expect, it } from 'vitest';
import { evaluation } from './images';
import { button, calls, forget, open, page, tell } from './stage';

describe('the evaluation', () => {
  it('of many models and runs is chosen in a table, the best model first', async () => {
    await open('lab: evaluation-compared-five-six');
    const cells = page.locator('.standings button');
    await expect.poll(() => cells.count()).toBe(30);
    expect(await page.locator('.standings tbody th').first().textContent()).toBe('Convolution');
    await page.locator('.standings tr', { hasText: 'RedNet' }).locator('button').nth(2).click();
    await expect
      .poll(async () => (await calls('evaluation')).at(-1))
      .toEqual(['run-2', 'rednet', 'evaluation']);
    expect(await page.locator('.toolbar strong').textContent()).toBe('run 2 · RedNet (depth 26, width 0.5)');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await calls('evaluation')).at(-1))
      .toEqual(['run-3', 'resnet', 'evaluation']);
  });

  it('of a model that not every run has is reached over the gap, and not beyond the end', async () => {
    await open('lab: evaluation-compared-five-six');
    const row = page.locator('.standings tr', { hasText: 'RedNet' }).locator('button');
    await row.nth(2).evaluate((cell) => cell.remove());
    await row.nth(1).focus();
    const focused = () => row.evaluateAll((cells) => cells.indexOf(document.activeElement as HTMLElement));
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(2);
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(1);
    await page.keyboard.press('End');
    expect(await focused()).toBe(3);
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(3);
  });

  it('shows the images of a cell', async () => {
    await open('lab: evaluation');
    const { labels, predicted, classes, confusion } = evaluation('involution');
    const cell = button(`${classes[2]} taken for ${classes[3]}: ${confusion[2]![3]}`);
    await button(`${classes[2]} taken for ${classes[2]}: ${confusion[2]![2]}`).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await cell.getAttribute('aria-pressed')).toBe('true');
    const wanted = [...labels.keys()].filter((i) => labels[i] === 2 && predicted[i] === 3).slice(0, 48);
    await expect.poll(async () => (await calls('validationImages')).at(-1)).toEqual(['cifar10-1', wanted]);
    await page.getByRole('heading', { name: `${classes[2]} taken for ${classes[3]}` }).waitFor();
  });

  it('is walked through cell by cell, by one tab stop', async () => {
    await open('lab: evaluation');
    const cells = page.locator('.confusion button');
    await cells.nth(22).focus();
    const ahead = { ArrowDown: 32, End: 39, ArrowRight: 39, Home: 30, ArrowLeft: 30, ArrowUp: 20 };
    for (const [key, place] of Object.entries(ahead)) {
      await page.keyboard.press(key);
      const found = await cells.evaluateAll((all) => ({
        focused: all.indexOf(document.activeElement as HTMLElement),
        stops: all.flatMap((cell, i) => ((cell as HTMLElement).tabIndex === 0 ? [i] : [])),
      }));
      expect(found, key).toEqual({ focused: place, stops: [place] });
    }
  });

  it('can be cancelled and started again', async () => {
    await open('lab: evaluation-working');
    await button('Cancel').waitFor();
    await tell('progress', 'evaluation', { message: 'Evaluating 1 200 of 2 000 images', fraction: 0.6 });
    await page.getByText('Evaluating 1 200 of 2 000 images').waitFor();
    await button('Cancel').click();
    expect(await calls('cancel')).toEqual([['evaluation']]);
    await button('Start Again').click();
    await expect.poll(async () => (await calls('evaluation')).length).toBe(2);
  });
});

describe('what is too much for a panel, or not there', () => {
  it('is stated where runs are chosen: 50 are compared, the newest are listed', async () => {
    await open('lab: charts-many');
    await button('Compare…').click();
    await page.getByText('A panel compares 50 runs at most.').waitFor();
    await page.getByText(/^19000 older runs are not listed here/).waitFor();
    const boxes = page.locator('.run-choice vscode-checkbox');
    expect(await boxes.count()).toBe(51);
    expect(await boxes.nth(50).getAttribute('aria-disabled')).toBe('true');
    expect(await boxes.nth(0).getAttribute('aria-disabled')).not.toBe('true');
  });

  it('is left out, with words, when more images are picked', async () => {
    await open('lab: kernels-full');
    await page.locator('.tile').nth(1).waitFor();
    await button('Images…').click();
    await page
      .getByText('A panel shows 1000 images at most: the last 2 that were picked are left out.')
      .waitFor();
    const [subject] = (await calls('remember')).at(-1) as [{ images: string[] }];
    expect(subject.images).toHaveLength(1000);
    expect(subject.images[999]).toBe('/ws/images/dog_01.png');
  });

  it('is an error in words, never a blank panel, when the host refuses it', async () => {
    await open('lab: charts-refusing');
    await page.locator('.chart, canvas').first().waitFor();
    await button('Compare…').click();
    await page.locator('.run-choice vscode-checkbox').nth(1).click();
    await page.locator('header [role=alert]', { hasText: 'events.jsonl, line 1204' }).waitFor();
    expect(await page.locator('canvas').count()).toBeGreaterThan(0);
  });

  it('is named when the run is gone', async () => {
    await open('lab: charts-gone');
    await page
      .getByText('cifar10-1 is not there any more: the folder of the run was deleted or moved.')
      .waitFor();
  });

  it('says who trains a run that this window does not', async () => {
    await open('lab: charts-elsewhere');
    await page
      .locator('header', { hasText: 'training in another window or a terminal: process 4711 on node-7' })
      .waitFor();
    expect(await button('Resume').count()).toBe(0);
  });
});

describe('every section', () => {
  it('is loaded when it is first visited', async () => {
    await open('lab: charts');
    await page.locator('canvas').first().waitFor();
    const loaded = (section: string) =>
      page.evaluate(
        (name) =>
          performance.getEntriesByType('resource').filter((entry) => entry.name.includes(name)).length,
        section,
      );
    expect(await loaded('/ChartsView-')).toBe(1);
    expect(await loaded('/KernelsView-')).toBe(0);
    await page.getByRole('tab', { name: 'Kernels' }).click();
    await page.locator('.tile').nth(1).waitFor();
    expect(await loaded('/KernelsView-')).toBe(1);
  });

  it('can be loaded again when that failed', async () => {
    await open('lab: charts');
    await page.route('**/KernelsView-*', (route) => route.fulfill({ status: 503 }), { times: 1 });
    await page.getByRole('tab', { name: 'Kernels' }).click();
    await page.getByText("Couldn't load this part of the page.").waitFor();
    forget(/503/);
    await button('Retry').click();
    await page.locator('.tile').nth(1).waitFor();
  });

  it('says what failed, why, and offers to try again', async () => {
    await open('lab: charts-failed');
    await page.getByText("Couldn't read the run's event log.").waitFor();
    await page.getByText('events.jsonl, line 1204').waitFor();
    await button('Show Log').click();
    expect(await calls('showLog')).toHaveLength(1);
    const before = (await calls('series')).length;
    await button('Retry').click();
    await expect.poll(async () => (await calls('series')).length).toBeGreaterThan(before);
  });

  it.each([
    ['data-changed', 'dataPreview', 'Choose Folder…', 'chooseDataFolder'],
    ['evaluation-changed', 'evaluation', 'Use Anyway', 'useDataAnyway'],
  ])(
    'offers the ways on where data was refused, and says what has changed: %s',
    async (story, ask, way, call) => {
      await open(`lab: ${story}`);
      await page.getByText('The data of the run cifar10-1 has changed since it began').waitFor();
      expect(await button(/^(Choose Folder…|Use Anyway)$/).count()).toBe(2);
      await button(way).click();
      await page.getByText('These are not the images that the run was validated with').waitFor();
      expect(await calls(call)).toEqual([['cifar10-1']]);
      expect(await calls(ask)).toHaveLength(2);
      expect(await button(/^(Choose Folder…|Use Anyway)$/).count()).toBe(0);
    },
  );

  it('draws the kernels of all validation images once their data is accepted', async () => {
    await open('lab: kernels-bare-changed');
    await button('Use Anyway').first().click();
    await page.locator('.tile').nth(15).waitFor();
    expect(await page.locator('.badge', { hasText: 'the data has changed' }).count()).toBe(4);
    expect(await calls('useDataAnyway')).toHaveLength(1);
  });

  it('follows the colour theme', async () => {
    await open('lab: kernels');
    await page.locator('.tile').nth(1).waitFor();
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-foreground', 'rgb(1, 2, 3)');
      document.documentElement.style.setProperty('--vscode-contrastBorder', 'rgb(4, 5, 6)');
      document.body.className = 'vscode-high-contrast';
    });
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(1, 2, 3)');
    const outline = await page
      .locator('.pixels')
      .first()
      .evaluate((e) => getComputedStyle(e).outlineColor);
    expect(outline).toBe('rgb(4, 5, 6)');
  });

  it('speaks Chinese', async () => {
    await open('lab: charts', { language: 'zh-cn' });
    await page.getByRole('tab', { name: '图表' }).waitFor();
    await page.getByText('损失').first().waitFor();
  });
});
