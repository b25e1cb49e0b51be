import { describe, expect, it } from 'vitest';
import { kernelDetail } from './kernels';
import { button, calls, open, page, plain } from './stage';

describe('the groups of a layer', () => {
  it('have their kernels of a position side by side, and one is picked by a click', async () => {
    await open('lab: kernels-attention');
    const groups = page.locator('.groups button');
    await groups.nth(3).waitFor();
    expect(await groups.count()).toBe(4);
    await button('group 3 of 4').click();
    expect(await page.getByRole('combobox', { name: 'Channel' }).inputValue()).toBe('2');
    const session = ((await calls('kernelAt')).at(-1) as [string])[0];
    const { kernel, sums, output } = kernelDetail(session, 'attention', 8, 8);
    const weights = Array.from({ length: 9 }, (_, tap) => kernel[4 * tap + 2]!);
    const cells = page.locator('.application .matrix').first().locator('td');
    await expect
      .poll(async () => (await cells.allTextContents()).map(plain).map(Number))
      .toEqual(weights.map((weight) => Number(weight.toFixed(2))));
    expect(plain(await page.locator('.inspector strong').textContent())).toBe(sums[2]!.toFixed(4));
    await page
      .locator('.stage', { hasText: 'output' })
      .getByText(output[2]!.toFixed(4).replace('-', '−'))
      .waitFor();
  });

  it('are sixteen kernels of a position at first, and the one that is looked at', async () => {
    await open('lab: kernels-drin');
    const strip = page.getByRole('toolbar', { name: 'The kernels of all groups' });
    const groups = strip.getByRole('button');
    const names = () => groups.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    const first = (count: number) => Array.from({ length: count }, (_, i) => `group ${i + 1} of 40`);
    const channel = () => page.getByRole('combobox', { name: 'Channel' }).inputValue();
    await groups.nth(15).waitFor();
    expect(await names()).toEqual(first(16));
    await groups.first().focus();
    const walk: [string, number][] = [
      ['ArrowRight', 1],
      ['ArrowLeft', 0],
      ['End', 39],
      ['ArrowLeft', 38],
    ];
    for (const [key, group] of walk) {
      await page.keyboard.press(key);
      const focused = strip.locator(':focus');
      expect(await focused.getAttribute('aria-label'), key).toBe(`group ${group + 1} of 40`);
      expect(await focused.getAttribute('aria-pressed')).toBe('true');
      expect(await channel()).toBe(`${group}`);
      expect(await strip.locator('[tabindex="0"]').count()).toBe(1);
    }
    expect(await names()).toEqual([...first(16), 'group 39 of 40']);
    // Its kernel is the one that is applied.
    const session = ((await calls('kernelAt')).at(-1) as [string])[0];
    const { sums } = kernelDetail(session, 'grouped', 8, 8);
    expect(plain(await page.locator('.inspector strong').textContent())).toBe(sums[38]!.toFixed(4));
    const show = (name: string) => page.locator('.inspector').getByRole('button', { name });
    await show('Show More (24 left)').click();
    expect(await names()).toEqual([...first(32), 'group 39 of 40']);
    await show('Show More (8 left)').focus();
    await page.keyboard.press('Enter');
    expect(await names()).toEqual(first(40));
    expect(await show('Show More').count()).toBe(0);
    await show('Show Fewer').click();
    expect(await names()).toEqual([...first(16), 'group 39 of 40']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Home');
    expect(await channel()).toBe('0');
    expect(await names()).toEqual(first(16));
  });

  it('have a map each; those beyond the first sixteen are shown on request, and put away again', async () => {
    await open('lab: kernels-drin');
    const tiles = page.locator('.group-tiles .tile');
    await tiles.nth(15).waitFor();
    expect(await tiles.count()).toBe(16);
    const show = (name: string) => page.locator('.group-tiles').getByRole('button', { name });
    await show('Show More (24 left)').focus();
    await page.keyboard.press('Enter');
    await tiles.nth(31).waitFor();
    await show('Show More (8 left)').click();
    await tiles.nth(39).waitFor();
    expect(await tiles.count()).toBe(40);
    expect(await tiles.last().locator('figcaption').textContent()).toBe('group 40');
    expect(await show('Show More').count()).toBe(0);
    const asked = new Set((await calls('kernelMap')).map(([, , group]) => group));
    expect(asked).toContain(39);
    await show('Show Fewer').click();
    await expect.poll(() => tiles.count()).toBe(16);
  });
});
