import type { Frame } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { missingGlyphs } from '../webview/glyphs';
import type { Workbench } from '../workbench/workbench';
import { dashboard, labPanel, makeWorkspace, openWorkbench, trainFromPalette } from './extension';

/** Pixels that a page is wider than its window. */
const overflow = (page: Frame) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('how it looks', () => {
  let workbench: Workbench | undefined;
  let workspace: ReturnType<typeof makeWorkspace>;
  afterEach(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it.each([
    ['light', 'Default Light Modern'],
    ['dark', 'Default Dark Modern'],
    ['high-contrast', 'Default High Contrast'],
    ['high-contrast-light', 'Default High Contrast Light'],
  ])('has its colours from the theme: %s', async (name, theme) => {
    workspace = makeWorkspace();
    workbench = await openWorkbench(workspace.path, { settings: { 'workbench.colorTheme': theme } });
    await workbench.command('Involution Lab: Open Dashboard');
    await dashboard(workbench);
    await workbench.screenshot(`theme-${name}-empty`);
    await trainFromPalette(workbench, ['Involution'], 3);
    const lab = await labPanel(workbench);
    await workbench.notification(/is trained/, 120_000);
    // The page may still be loading: such a training takes a second.
    await lab
      .locator('.readout', { hasText: /\d\.\d{4}/ })
      .first()
      .waitFor();
    await workbench.screenshot(`theme-${name}`);
    // A webview lets the editor shine through: it is the colour of the text that comes from the theme.
    const { text, themed } = await lab.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('span'));
      probe.style.color = 'var(--vscode-foreground)';
      const colours = {
        text: getComputedStyle(document.body).color,
        themed: getComputedStyle(probe).color,
      };
      probe.remove();
      return colours;
    });
    expect(text).toBe(themed);
    expect(await overflow(await dashboard(workbench)), 'pixels that the side panel is too wide').toBe(0);
  });

  it('speaks Chinese where the display language is Chinese', async () => {
    workspace = makeWorkspace();
    workbench = await openWorkbench(workspace.path, { locale: 'zh-cn' });
    await workbench.command('Involution Lab: 打开仪表板');
    await (await dashboard(workbench)).getByRole('button', { name: '训练' }).waitFor();
    await workbench.screenshot('chinese');
    const words = (await (await dashboard(workbench)).locator('main').textContent())!.replace(/\s/g, '');
    expect(words).toMatch(/\p{Script=Han}{2}/u);
    expect(await missingGlyphs(await dashboard(workbench), words), 'drawn as empty boxes').toEqual([]);

    await workbench.command('Involution Lab: 训练内卷（Involution）模型');
    await workbench.pick('内置图形');
    await workbench.pickSeveral(['内卷']);
    await workbench.answer('1');
    const lab = await labPanel(workbench);
    await lab.getByRole('tab', { name: '图表' }).waitFor();
    await workbench.notification(/训练完成/, 120_000);
    const panel = await dashboard(workbench);
    // What the worker says is Chinese too.
    await panel.getByText('手动选择').waitFor();
    await lab
      .locator('.readout', { hasText: /\d\.\d{4}/ })
      .first()
      .waitFor();
    await workbench.screenshot('chinese-lab');
    for (const section of ['charts', 'models', 'evaluation', 'data']) {
      await lab.locator(`#tab-${section}`).click();
      await lab.locator(`#panel-${section} :is(canvas, table)`).first().waitFor({ timeout: 60_000 });
      await workbench.screenshot(`chinese-lab-${section}`);
      expect(await overflow(lab), `pixels that ${section} is too wide`).toBe(0);
    }
    expect(await overflow(panel), 'pixels that the side panel is too wide').toBe(0);
  });
});
