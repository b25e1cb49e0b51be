import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../workbench/chromium';
import { buildPages, openScene, type Scene } from './page';

/** The webviews as they ship, under their own content security policy, with the extension played by a story. */
let browser: Browser;
/** The one that a test has opened. */
export let page: Page;
const complaints: string[] = [];
beforeAll(async () => {
  await buildPages();
  browser = await launchChromium();
});
afterEach(async () => {
  await page.close();
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(() => browser.close());

const sizes: Record<Scene['webview'], { width: number; height: number }> = {
  lab: { width: 1200, height: 800 },
  dashboard: { width: 220, height: 900 },
  diagram: { width: 600, height: 900 },
};

export async function open(story: string, scene: Partial<Scene> = {}): Promise<void> {
  const webview = story.split(':')[0] as Scene['webview'];
  const size = sizes[webview];
  page = await openScene(browser, { webview, theme: 'dark', story, ...size, ...scene }, complaints);
}

/** What a test has provoked is no complaint: takes one that matches off the list. */
export function forget(expected: RegExp): void {
  const at = complaints.findIndex((complaint) => expected.test(complaint));
  expect(at, `a complaint ${expected}`).toBeGreaterThanOrEqual(0);
  complaints.splice(at, 1);
}

export interface Call {
  name: string;
  args: unknown[];
}
/** The host of the stories hears of a call in a task of its own. */
export const calls = (name: string): Promise<unknown[][]> =>
  page.evaluate(async (name) => {
    await new Promise((heard) => setTimeout(heard, 50));
    return (window as unknown as { calls: Call[] }).calls.filter((c) => c.name === name).map((c) => c.args);
  }, name);
export const tell = (name: string, ...args: unknown[]) =>
  page.evaluate(
    ([name, args]) =>
      (window as unknown as { tell: (name: string, ...args: unknown[]) => void }).tell(name, ...args),
    [name, args] as const,
  );
/** Pixels by which the content of an element is wider than it; a vertical scroll bar counts as nothing. */
export const overflow = (selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollWidth - element.clientWidth);
export const button = (name: string | RegExp) => page.getByRole('button', { name });
export const plain = (text: string | null) =>
  (text ?? '').replaceAll('\u202f', ' ').replaceAll('\u2212', '-');
