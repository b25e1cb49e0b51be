import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/core/network/parse';
import type { Workbench } from '../workbench/workbench';
import { eventually, labPanel, makeWorkspace, openWorkbench, runFolders } from './extension';

const text = `{
  "name": "small",
  "layers": [
    { "kind": "convolution", "filters": 8, "strides": 4 },
    { "kind": "involution", "groups": 5 },
    { "kind": "global-average-pool" },
    { "kind": "dense", "units": "classes" }
  ]
}
`;
const file = 'small.involution.json';

describe('a network file, as a person writes it', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  let diagram: Frame;
  beforeAll(async () => {
    writeFileSync(join(workspace.path, file), text);
    workbench = await openWorkbench(workspace.path);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('is marked where it does not fit, and drawn beside', async () => {
    const { page } = workbench;
    await workbench.explorerItem(file).dblclick();
    await page.locator('.squiggly-error').first().waitFor();
    await page.locator('.codelens-decoration a', { hasText: 'Diagram' }).click();
    diagram = await workbench.webview('.diagram .layer');
    expect(await diagram.locator('.layer').count()).toBe(4);
    expect(await diagram.locator('.faulty').count()).toBe(1);
    await diagram.getByText("groups must be a divisor of its input's 8 channels, but is 5").waitFor();
    await workbench.screenshot('network-file');
  });

  it('is led to from the diagram, mended by a quick fix, and drawn anew', async () => {
    const { page } = workbench;
    await diagram.locator('.faulty').dblclick();
    // The kind is selected; the number is further on in the line.
    await eventually('the cursor', async () =>
      (await page.locator('.statusbar').textContent())?.includes('Ln 5'),
    );
    await page.keyboard.press('F8');
    await page.keyboard.press('Escape');
    const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Change to 4' });
    // A menu that opens before the file was judged has no fix.
    await eventually('the quick fix', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+.');
      return fix.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    await fix.click();
    await eventually('the picture', async () => (await diagram.locator('.faulty').count()) === 0);
    await page.locator('.codelens-decoration', { hasText: 'parameters' }).waitFor();
    await workbench.screenshot('network-file-mended');
  });

  it('is trained as it stands in the editor', async () => {
    await workbench.explorerMenu([file], 'Train This Network');
    await workbench.pick('Built-in shapes');
    await workbench.pickSeveral(['small']);
    await workbench.answer('1');
    await labPanel(workbench);
    await workbench.notification(/is trained/, 120_000);
    const [run] = runFolders(workspace.path);
    const { spec } = JSON.parse(readFileSync(join(run!, 'run.json'), 'utf8'));
    expect(spec.models).toHaveLength(1);
    expect(spec.models[0].network).toEqual(
      parseNetwork(JSON.parse(text.replace('"groups": 5', '"groups": 4'))),
    );
  });
});
