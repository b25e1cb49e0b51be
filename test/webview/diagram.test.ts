import { describe, expect, it } from 'vitest';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { networkText } from '../../src/core/networkFile/networkText';
import { diagramState } from './diagramStories';
import { button, calls, open, overflow, page, plain, tell } from './stage';

const layers = () => page.getByRole('option');
const selected = () => page.locator('[role=option][aria-selected=true]');
const facts = async () => plain(await page.locator('.facts').textContent());

describe('the diagram of a network file', () => {
  it('shows each layer, what flows between them, and the row of the one that the cursor is in', async () => {
    await open('diagram: inn');
    await expect.poll(() => layers().count()).toBe(11);
    const named = layers().first();
    expect(plain(await named.getAttribute('aria-label'))).toBe(
      'involution 3×3, inv_1, 32×32×3, 24 parameters, 39.94 K multiply–accumulates per image',
    );
    expect(await page.locator('.edge text').allTextContents()).toEqual([
      ...['32×32×3', '32×32×3', '32×32×3', '16×16×3', '16×16×3', '16×16×3', '8×8×3', '8×8×3', '8×8×3'],
      ...['192', '64', '10'],
    ]);
    expect(await facts()).toMatch(
      /^inv_2 involution 3×3\s*Shape\s*16×16×3 → 16×16×3\s*Parameters\s*24\s*Moving statistics\s*2MACs/,
    );
  });

  it('follows the file: its text, and the cursor', async () => {
    await open('diagram: inn');
    const begun = networkText(presetNetwork('involution'));
    await tell('changed', diagramState(begun.replace('"units": 64', '"units": 7')));
    await page.locator('.edge text', { hasText: /^7$/ }).waitFor();
    expect(await selected().count()).toBe(0);
    await tell('selected', 'layers[9]');
    await expect.poll(() => selected().getAttribute('aria-label')).toMatch(/^dense, dense, 7, /);
  });

  it('is gone through with the keys; Enter leads to the file', async () => {
    await open('diagram: rednet');
    await page.getByRole('listbox').focus();
    for (let i = 0; i < 11; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const revealed = await calls('reveal');
    expect(revealed[0]).toEqual(['layers[0]', false]);
    expect(revealed.slice(-3)).toEqual([
      ['layers[10].main[0]', false],
      ['layers[10].shortcut[0]', false],
      ['layers[10].shortcut[0]', true],
    ]);
    const list = page.getByRole('listbox');
    expect(await list.getAttribute('aria-activedescendant')).toBe(await selected().getAttribute('id'));
  });

  it('moves the cursor with a click, and says what is pointed at', async () => {
    await open('diagram: inn');
    await layers().nth(8).click();
    expect(await calls('reveal')).toEqual([['layers[8]', false]]);
    expect(await facts()).toMatch(/^flatten flatten\s*Shape\s*8×8×3 → 192/);
    await layers().nth(2).hover();
    expect(await facts()).toMatch(/^max_pooling2d max-pool 2×2\s*Shape\s*32×32×3 → 16×16×3/);
  });

  it('tells what is wrong, and where', async () => {
    await open('diagram: faulty');
    await expect.poll(() => page.locator('.faulty').count()).toBe(2);
    await button(/layers\[6\] filters must be a multiple of its 2 groups, but is 15/).click();
    expect(await calls('reveal')).toEqual([['layers[6]', true]]);
    expect(await facts()).toMatch(/filters must be a multiple of its 2 groups, but is 15$/);
  });

  it('ends where the file can not be read yet, and says so', async () => {
    await open('diagram: unread');
    await expect.poll(() => layers().count()).toBe(8);
    await page.getByText("From layers[8] on, the layers can't be read yet.").waitFor();
    await open('diagram: empty');
    await page.getByText('There is no layer yet that can be read.').waitFor();
  });

  it('is saved as an SVG that needs no style sheet', async () => {
    await open('diagram: inn', { theme: 'light' });
    await button('Save as SVG…').click();
    const [name, bytes] = (await calls('save'))[0] as [string, Record<string, number>];
    expect(name).toBe('network.svg');
    const svg = new TextDecoder().decode(new Uint8Array(Object.values(bytes)));
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/class=|style=|var\(|aria-/);
    // Twelve edges with an arrow each, eleven boxes and the background.
    expect(svg.match(/<path /g)).toHaveLength(24);
    expect(svg.match(/<rect /g)).toHaveLength(12);
    expect(svg).toMatch(
      /<rect [^>]*fill="rgb\(0, 104, 168\)"[^>]*><\/rect>|<rect [^>]*fill="rgb\(0, 104, 168\)"/,
    );
    expect(svg).toMatch(/>involution 3×3<\/text>/);
  });

  it.each(['inn', 'rednet', 'faulty'])('%s fits 220 pixels', async (story) => {
    await open(`diagram: ${story}`, { width: 220 });
    await layers().first().waitFor();
    expect(await overflow('html')).toBe(0);
  });
});

describe('the models of a run', () => {
  it('have diagrams, which are saved under their titles', async () => {
    await open('lab: models');
    await page.getByRole('button', { name: 'Diagram' }).first().click();
    await layers().first().waitFor();
    expect(await layers().count()).toBe(11);
    await button('Save as SVG…').click();
    expect((await calls('save'))[0]![0]).toBe('Involution.svg');
  });
});
