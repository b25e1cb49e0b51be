import { afterEach, describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench/workbench';
import { dashboard, labPanel, makeWorkspace, openWorkbench, trainFromPalette } from './extension';

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
    await trainFromPalette(workbench, /^(?!.*Convolution).*Involution/i, 3);
    const lab = await labPanel(workbench);
    await workbench.notification(/is trained/, 120_000);
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
    const panel = await dashboard(workbench);
    const overflow = await panel.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, 'pixels that the side panel is too wide').toBeLessThanOrEqual(0);
  });

  it('speaks Chinese where the display language is Chinese', async () => {
    workspace = makeWorkspace();
    workbench = await openWorkbench(workspace.path, { locale: 'zh-cn' });
    await workbench.command('Involution Lab: 打开仪表板');
    const panel = await dashboard(workbench);
    await panel.getByRole('button', { name: '训练' }).waitFor();
    await workbench.screenshot('chinese');
  });
});
