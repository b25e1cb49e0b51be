import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench/workbench';
import {
  chooseImageFolder,
  eventually,
  labPanel,
  makeWorkspace,
  openWorkbench,
  runFolders,
} from './extension';

const models = ['Involution', 'Convolution', 'Static kernels', 'Local self-attention', 'ResNet', 'DRIN'];

describe('six models in one run', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  let lab: Frame;
  beforeAll(async () => {
    const folder = join(workspace.path, 'shapes');
    cpSync('src/tools/workbench/sample/shapes', folder, { recursive: true });
    workbench = await openWorkbench(workspace.path);
    await chooseImageFolder(workbench, folder, 'striped disc');
    await workbench.pickSeveral(models);
    await workbench.answer('3');
    lab = await labPanel(workbench);
    await workbench.notification(/is trained/, 200_000);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('are trained, each in the list of the run', () => {
    const [run] = runFolders(workspace.path);
    const { models: trained } = JSON.parse(readFileSync(join(run!, 'run.json'), 'utf8')).spec;
    expect(trained).toHaveLength(models.length);
  });

  it('are named at the ends of their lines, and leave the chart by the keyboard alone', async () => {
    await workbench.command('Notifications: Clear All Notifications');
    const names = () => lab.locator('figure.chart').first().locator('.end-labels span').allTextContents();
    await eventually('a name for each model', async () => (await names()).length === models.length);
    expect((await names()).toSorted()).toEqual([...models].toSorted());
    await workbench.screenshot('six-models-charts');
    const legend = lab.locator('figure.chart').first().getByRole('button', { name: /DRIN/ });
    await legend.focus();
    await workbench.page.keyboard.press('Enter');
    await eventually('a name less', async () => !(await names()).includes('DRIN'));
    await workbench.page.keyboard.press('Enter');
    await eventually('all names again', async () => (await names()).length === models.length);
  });

  it('are walked through section by section, and evaluated, by the keyboard alone', async () => {
    const { keyboard } = workbench.page;
    await lab.locator('#tab-charts').focus();
    for (const section of ['models', 'kernels', 'evaluation']) {
      await keyboard.press('ArrowRight');
      await lab.locator(`#tab-${section}[aria-selected=true]`).waitFor();
    }
    const cells = lab.locator('.standings button');
    await eventually('a cell for each model', async () => (await cells.count()) === models.length);
    await lab.locator('.confusion').first().waitFor({ timeout: 60_000 });
    const evaluated = () => lab.locator('#panel-evaluation .toolbar strong').textContent();
    const before = await evaluated();
    await cells.and(lab.locator('[aria-pressed=true]')).focus();
    await keyboard.press(
      (await cells.last().getAttribute('aria-pressed')) === 'true' ? 'ArrowUp' : 'ArrowDown',
    );
    await keyboard.press('Enter');
    await eventually('another model', async () => (await evaluated()) !== before);
    await lab.locator('.confusion').first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('six-models-evaluation');
  });
});
