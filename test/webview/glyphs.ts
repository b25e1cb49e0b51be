import type { Frame, Page } from 'playwright-core';

/**
 * The characters of a text that a page draws no glyph of its own for: each is drawn alone, and counts as missing when it
 * looks like a character that no font has (an empty box), like another one of the text, or like nothing at all.
 */
export async function missingGlyphs(page: Page | Frame, text: string): Promise<string[]> {
  return page.evaluate((text) => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    context.canvas.width = context.canvas.height = 48;
    const { fontFamily } = getComputedStyle(document.body);
    const pixelsOf = (character: string) => {
      context.clearRect(0, 0, 48, 48);
      context.font = `32px ${fontFamily}`;
      context.textBaseline = 'top';
      context.fillText(character, 4, 4);
      return context.getImageData(0, 0, 48, 48).data.join();
    };
    const blank = pixelsOf(' ');
    // U+FFFFE is no character and never will be.
    const box = pixelsOf('\u{FFFFE}');
    const drawn = [...new Set(text)].map((character) => ({ character, pixels: pixelsOf(character) }));
    return drawn
      .filter(({ character, pixels }) => {
        const twin = drawn.some((other) => other.character !== character && other.pixels === pixels);
        return twin || pixels === blank || pixels === box;
      })
      .map(({ character }) => character);
  }, text);
}
