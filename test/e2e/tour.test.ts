import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench/workbench';
import { eventually, labPanel, makeWorkspace, openWorkbench, trainFromPalette } from './extension';

/** What is judged of an answer: "Right. …", "Not yet. …"; empty before there is one. */
const verdict = async (lab: Frame): Promise<string> =>
  ((await lab.locator('.verdict').textContent()) ?? '').trim();

/** Places all over a picture, in shares of it, neighbours far apart in time. */
const across = 13;
const places = Array.from({ length: across ** 2 }, (_, i) => {
  const at = (i * 38) % across ** 2;
  return { x: ((at % across) + 0.5) / across, y: (Math.floor(at / across) + 0.5) / across };
});

/** Points at pixel after pixel of the image until one is the answer; of them all, at least one is not. */
async function pointAround(lab: Frame): Promise<void> {
  const image = lab.locator('.pointing .tile-frame').first();
  await image.waitFor({ timeout: 60_000 });
  const { width, height } = (await image.boundingBox())!;
  const outcomes = new Set<string>();
  for (const { x, y } of places) {
    await image.click({ position: { x: x * width, y: y * height } });
    const outcome = (await verdict(lab)).startsWith('Right.') ? 'right' : 'wrong';
    outcomes.add(outcome);
    if (outcomes.has('wrong') && outcome === 'right') return;
  }
  throw new Error(`Of ${places.length} pixels all are ${[...outcomes]}: ${await asked(lab)}`);
}
const asked = (lab: Frame) => lab.locator('.asked').textContent();

describe('the tour', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench(workspace.path, {
      settings: { 'workbench.colorTheme': 'Default Dark Modern' },
      size: { width: 1500, height: 1000 },
    });
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('is of one’s own run', async () => {
    await workbench.command('Involution Lab: Learn About Involution');
    const lab = await labPanel(workbench);
    await lab.getByText('there is none yet').waitFor();
    await workbench.command('View: Close All Editors');
    await trainFromPalette(workbench, ['Involution', 'Convolution'], 3);
    await workbench.notification(/is trained/, 560_000);
    await workbench.command('View: Close All Editors');
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.command('View: Close Primary Side Bar');
    await workbench.command('Involution Lab: Learn About Involution');
    const again = await labPanel(workbench);
    await again.getByRole('heading', { name: '1. A run, epoch by epoch' }).waitFor();
  }, 600_000);

  it('asks for the best epoch', async () => {
    const lab = await labPanel(workbench);
    const bars = lab.locator('.epoch-bars button');
    await bars.first().waitFor();
    expect(await bars.count()).toBe(3);
    const outcomes: string[] = [];
    for (const bar of await bars.all()) {
      await bar.click();
      outcomes.push((await verdict(lab)).slice(0, 5));
      if (outcomes.at(-1) === 'Right') break;
    }
    expect(outcomes.at(-1)).toBe('Right');
    await lab.getByText('1 of 6 done').waitFor();
    await workbench.screenshot('tour-1-epochs');
  });

  it.each([
    [2, 'positions', 'Another kernel at every position'],
    [3, 'pixel', 'The pixel makes its kernel'],
    [4, 'neighbour', 'What a kernel does'],
    [5, 'attention', 'In what sense it resembles attention'],
  ])('%d: has an answer among the pixels of a validation image, and pixels that are none', async (...of) => {
    const [place, id, title] = of;
    const lab = await labPanel(workbench);
    await lab.getByRole('button', { name: 'Next' }).click();
    await lab.getByRole('heading', { name: `${place}. ${title}` }).waitFor();
    await pointAround(lab);
    await lab.getByText(`${place} of 6 done`).waitFor();
    if (id === 'positions') {
      // The convolution beside has one stencil, at the mark and here.
      const shown = lab.locator('.kernel-shown');
      const weights = (kernel: number, which: number) =>
        shown.nth(kernel).locator('.matrix').nth(which).locator('td').allTextContents();
      expect(await weights(0, 1)).toEqual(await weights(1, 1));
      expect(await weights(0, 0)).not.toEqual(await weights(1, 0));
    }
    await workbench.screenshot(`tour-${place}-${id}`);
  });

  it('ends with the most frequent mistake, and with what can be said now', async () => {
    const lab = await labPanel(workbench);
    await lab.getByRole('button', { name: 'Next' }).click();
    const cells = lab.locator('.confusion button');
    await cells.first().waitFor({ timeout: 120_000 });
    const names = await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')!));
    const classes = Math.sqrt(names.length);
    const mistakes = names.flatMap((name, place) =>
      place % (classes + 1) === 0 ? [] : [{ place, count: Number(/: (\d+)$/.exec(name)![1]) }],
    );
    const most = mistakes.reduce((best, each) => (each.count > best.count ? each : best));
    await cells.first().click();
    await eventually('the diagonal is none', async () => (await verdict(lab)).startsWith('Not yet.'));
    await cells.nth(most.place).click();
    await eventually('the most frequent one', async () => (await verdict(lab)).startsWith('Right.'));
    await lab.getByRole('heading', { name: 'What you can say now' }).waitFor();
    await lab.getByText('6 of 6 done').waitFor();
    await lab.locator('.summary').scrollIntoViewIfNeeded();
    await workbench.screenshot('tour-6-mistakes');
  });

  it('is remembered by the next window', async () => {
    await workbench.command('View: Close All Editors');
    await workbench.reload();
    await workbench.command('Involution Lab: Learn About Involution');
    const lab = await labPanel(workbench);
    await lab.getByText('6 of 6 done').waitFor();
  });
});
