import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collectStrings } from '../../../src/tools/build/collectStrings';

type Strings = Record<string, string>;
const read = (language: string): Strings =>
  JSON.parse(readFileSync(`media/l10n/bundle.l10n${language}.json`, 'utf8'));
const placeholders = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(([place]) => place).sort();

describe('the strings of the extension and its webviews', () => {
  it('are all in the bundle (npm run strings brings it up to date)', async () => {
    const exported = Object.keys(await collectStrings());
    expect(exported.length).toBeGreaterThan(200);
    expect(exported).toContain('Batch size');
    expect(Object.keys(read('')).sort()).toEqual(exported.sort());
  });

  it('are all there in Chinese, with the same places for values', () => {
    const [english, chinese] = [read(''), read('.zh-cn')];
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(chinese))
      expect(placeholders(text), key).toEqual(placeholders(key));
  });
});
