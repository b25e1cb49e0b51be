import { describe, expect, it } from 'vitest';
import { tourSteps } from '../../src/protocol/lab';
import { positionsOf, stencilAt, stencilsOf } from '../../webview/lab/learn/stencils';
import type { Unasked } from '../../webview/lab/learn/step';
import { neighbour } from '../../webview/lab/learn/steps/neighbour';
import { positions } from '../../webview/lab/learn/steps/positions';
import { evaluation } from './images';
import { counterpartOf, kernelRowOf } from './kernels';
import { button, calls, open, page, plain } from './stage';

/** The question, where there has to be one. */
function posed<T extends object>(asked: T | Unasked): T {
  if ('otherwise' in asked) throw new Error(asked.otherwise);
  return asked;
}
const verdict = async () => plain(await page.locator('.verdict').textContent()).trim();
/** What the page has of inv_1: 32 × 32 kernels of 3×3. */
async function shownStencils() {
  await page.locator('.pointing').waitFor();
  expect((await calls('kernelRow')).length).toBe(32);
  const session = ((await calls('kernelRow'))[0] as [string])[0];
  const rows = Array.from({ length: 32 }, (_, row) => kernelRowOf(session, 'inv_1', row));
  return stencilsOf(rows, { kernelSize: 3, width: 32, groups: 1 });
}
async function clickAt({ row, column }: { row: number; column: number }) {
  const box = (await page.locator('.pointing .tile-frame').first().boundingBox())!;
  await page.mouse.click(box.x + ((column + 0.5) * box.width) / 32, box.y + ((row + 0.5) * box.height) / 32);
}

describe('the tour', () => {
  it('begins with the first step that is open, and remembers what was answered', async () => {
    await open('lab: learn');
    await page.getByRole('heading', { name: '1. A run, epoch by epoch' }).waitFor();
    const bars = page.locator('.epoch-bars button');
    await bars.first().waitFor();
    const accuracies = await bars.evaluateAll((all) =>
      all.map((bar) => Number(/: ([\d.]+)/.exec(bar.getAttribute('aria-label')!)![1])),
    );
    const best = accuracies.indexOf(Math.max(...accuracies));
    const other = best === 0 ? 1 : 0;
    await bars.nth(other).click();
    await expect.poll(verdict).toMatch(/^Not yet\. After epoch/);
    expect(await calls('rememberLearned')).toEqual([]);
    await bars.nth(best).click();
    await expect.poll(verdict).toMatch(/^Right\. After epoch/);
    expect(await calls('rememberLearned')).toEqual([[['epochs']]]);
    await page.getByText('1 of 6 done').waitFor();
    await button('Next').click();
    // The keyboard goes on reading there.
    const heading = page.getByRole('heading', { name: '2. Another kernel at every position' });
    await expect.poll(() => heading.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('checks a position against the kernels of the run', async () => {
    await open('lab: learn-fourth');
    const stencils = await shownStencils();
    if (neighbour.points !== 'position') throw new Error('It points at positions.');
    const question = posed(neighbour.ask(stencils, { constants: {} }));
    expect(plain(await page.locator('.asked').textContent())).toBe(plain(question.text));
    const [right, wrong] = [true, false].map(
      (wanted) => positionsOf(stencils).find((position) => question.check(position).right === wanted)!,
    );
    await clickAt(wrong!);
    await expect.poll(verdict).toBe(plain(`Not yet. ${question.check(wrong!).why}`));
    await clickAt(right!);
    await expect.poll(verdict).toBe(plain(`Right. ${question.check(right!).why}`));
    const cells = await page.locator('.kernel-shown').last().locator('td').allTextContents();
    const weights = [...stencilAt(stencils, right!)];
    expect(cells.length).toBe(9);
    for (const [i, cell] of cells.entries()) expect(Number(plain(cell))).toBeCloseTo(weights[i]!, 1);
    expect((await calls('rememberLearned')).at(-1)).toEqual([tourSteps.slice(0, 4)]);
  });

  it('is done by keyboard, with the marked pixel beside the one that is pointed at', async () => {
    await open('lab: learn-second');
    const stencils = await shownStencils();
    if (positions.points !== 'position') throw new Error('It points at positions.');
    const question = posed(positions.ask(stencils, { constants: {} }));
    const mark = question.marked!;
    await page.getByText(`marked: pixel (${mark.column}, ${mark.row})`).waitFor();
    await page.locator('.pointing .tile-frame').nth(1).focus();
    // From the corner, one to the right.
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.getByText('pointed at: pixel (1, 0)').waitFor();
    await page.keyboard.press('Enter');
    const { right, why } = question.check({ row: 0, column: 1 });
    await expect.poll(verdict).toBe(plain(`${right ? 'Right.' : 'Not yet.'} ${why}`));
  });

  it('has a convolution’s stencil beside, at the mark and where one points: the same', async () => {
    await open('lab: learn-second');
    const shown = page.locator('.kernel-shown');
    await page.locator('.pointing .tile-frame').first().focus();
    await page.keyboard.press('Home');
    await page.getByText('pointed at: pixel (0, 0)').waitFor();
    const titles = await shown.last().locator('figcaption').allTextContents();
    expect(titles[1]).toBe('conv2d, channel R');
    const weights = (place: number) =>
      shown.nth(place).locator('.matrix').nth(1).locator('td').allTextContents();
    const { weights: all } = counterpartOf('inv_1', 0, { id: 'convolution', title: 'Convolution' });
    const expected = Array.from({ length: 9 }, (_, tap) => all[3 * tap]!.toFixed(2));
    for (const place of [0, 1]) expect((await weights(place)).map(plain)).toEqual(expected);
    const session = ((await calls('kernelRow'))[0] as [string])[0];
    expect(await calls('counterpart')).toEqual([[session, 'inv_1', 0]]);
    // The other steps do without.
    await button('Next').click();
    await page.locator('.pointing').waitFor();
    expect(await calls('counterpart')).toHaveLength(1);
  });

  it('cancels what it waits for itself, and nothing of another section', async () => {
    await open('lab: learn-second-working');
    await button('Cancel').click();
    await page.getByText('Cancelled').first().waitFor();
    expect(await calls('cancel')).toEqual([['learn']]);
    expect((await calls('openKernels')).map((args) => args.at(-1))).toEqual(['learn']);
  });

  it('ends with a cell of the confusion matrix, and with what can be said now', async () => {
    await open('lab: learn-sixth');
    const { confusion } = evaluation('involution');
    const mistakes = confusion.flatMap((row, label) =>
      row.map((count, predicted) => ({ label, predicted, count: label === predicted ? -1 : count })),
    );
    const most = mistakes.reduce((best, each) => (each.count > best.count ? each : best));
    const cells = page.locator('.confusion button');
    await cells.first().click();
    await expect.poll(verdict).toMatch(/^Not yet\. That is the diagonal/);
    await cells.nth(most.label * confusion.length + most.predicted).click();
    await expect.poll(verdict).toMatch(/^Right\./);
    await page.getByRole('heading', { name: 'What you can say now' }).waitFor();
    expect(await page.locator('.summary li').count()).toBe(6);
    expect((await calls('rememberLearned')).at(-1)).toEqual([[...tourSteps]]);
    await button('Begin Again').click();
    expect((await calls('rememberLearned')).at(-1)).toEqual([[]]);
  });

  it('says where nothing on screen is an answer, and how to go on', async () => {
    await open('lab: learn-third');
    await page.getByText('No two distant kernels of this layer are alike on this image.').waitFor();
    await page.getByRole('combobox', { name: 'Layer' }).selectOption('inv_3');
    await expect.poll(async () => (await calls('kernelRow')).at(-1)?.[1]).toBe('inv_3');
  });

  it('offers a training where there is no run', async () => {
    await open('lab: learn-none');
    await page.getByText('there is none yet').waitFor();
    await button('Train a Model').click();
    expect(await calls('trainFirst')).toEqual([[]]);
  });
});
