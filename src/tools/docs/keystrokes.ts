import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { makeWorkspace, openWorkbench } from '../../../test/e2e/extension';
import { presetNetwork } from '../../core/network/presets/presets';
import { networkText } from '../../core/networkFile/networkText';

const keystrokes = 20;
/** Longer than any answer: a key is pressed when the picture stands still. */
const stillMs = 1000;

/**
 * How long after a key in a network file the diagram beside it shows the change, in ms: from the key's event in the
 * workbench to the frame after the one in which the picture's words changed.
 */
export async function keystrokesToDiagram(preset: string): Promise<number[]> {
  const workspace = makeWorkspace();
  const name = `${preset}.involution.json`;
  const text = networkText(presetNetwork(preset));
  writeFileSync(join(workspace.path, name), text);
  const workbench = await openWorkbench(workspace.path);
  try {
    const { page } = workbench;
    await workbench.explorerItem(name).dblclick();
    await page.locator('.codelens-decoration a', { hasText: 'Diagram' }).click();
    const diagram = await workbench.webview('.diagram .layer');
    await page.evaluate(markKeys);
    await diagram.evaluate(markChanges);
    await page.keyboard.press('Control+g');
    await page.keyboard.type(numberIn(text));
    await page.keyboard.press('Enter');
    const times: number[] = [];
    for (let i = 0; i < keystrokes; i++) {
      await page.waitForTimeout(stillMs);
      await Promise.all([clear(page.mainFrame()), clear(diagram)]);
      await page.keyboard.press(i % 2 === 0 ? '1' : 'Backspace');
      await page.waitForTimeout(stillMs);
      const [pressed, shown] = await Promise.all([first(page.mainFrame()), first(diagram)]);
      if (pressed === undefined || shown === undefined)
        throw new Error(`The diagram of ${preset} did not follow a key.`);
      times.push(shown - pressed);
    }
    return times;
  } finally {
    await workbench.close();
    workspace.remove();
  }
}

/** "6:17": where the first number stands that shapes and costs depend on. */
function numberIn(text: string): string {
  const { index, 0: field } = /"(units|filters|groups|kernelSize)": (?=\d)/.exec(text)!;
  const lines = text.slice(0, index + field.length).split('\n');
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}

/** In the pages, whose types this program does not have: `marks`, in milliseconds of the wall clock, which both share. */
const markKeys = `
  globalThis.marks = [];
  addEventListener('keydown', ({ timeStamp }) => marks.push(performance.timeOrigin + timeStamp), true);`;
const markChanges = `
  globalThis.marks = [];
  let text = document.body.textContent;
  const mark = () => marks.push(performance.timeOrigin + performance.now());
  new MutationObserver(() => {
    if (document.body.textContent === text) return;
    text = document.body.textContent;
    requestAnimationFrame(() => requestAnimationFrame(mark));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });`;

const clear = (frame: Frame) => frame.evaluate('marks = []');
const first = (frame: Frame) => frame.evaluate<number | undefined>('marks[0]');
