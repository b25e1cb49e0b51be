// Takes the README's screenshots in a real workbench, dark and light, of a training on CIFAR-10 that it does before:
// `npm run docs:screenshots`, once the extension is built and packaged. Takes some five minutes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { labPanel, makeWorkspace, openWorkbench } from '../../../test/e2e/extension';
import type { Workbench } from '../../../test/workbench/workbench';

const epochs = 10;
const pictures = ['beetle.svg', 'sailboat.jpg'];

const workspace = makeWorkspace();

async function inTheme(
  theme: string,
  show: (workbench: Workbench, take: (name: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const workbench = await openWorkbench(workspace.path, { settings: { 'workbench.colorTheme': theme } });
  try {
    await show(workbench, async (name) => {
      await workbench.command('Notifications: Clear All Notifications');
      await workbench.page.mouse.move(5, 5);
      // Long enough for the palette to fade out.
      await workbench.page.waitForTimeout(1000);
      await workbench.screenshot(name);
      copyFileSync(`out/screenshots/${name}.png`, `media/screenshots/${name}.png`);
    });
  } finally {
    await workbench.close();
  }
}

try {
  cpSync('src/tools/workbench/sample/pictures', workspace.path, { recursive: true });
  execFileSync(
    process.execPath,
    [
      ...[
        'dist/involution.mjs',
        'train',
        '--data',
        'cifar10',
        '--engine',
        'wasm',
        '--epochs',
        String(epochs),
      ],
      ...['--runs', join(workspace.path, '.involution', 'runs')],
    ],
    { stdio: 'inherit' },
  );

  await inTheme('Default Dark Modern', async (workbench, take) => {
    await workbench.command('Involution Lab: Open Dashboard');
    await workbench.command('Involution Lab: Open Run');
    await workbench.pick(/cifar10/);
    const lab = await labPanel(workbench);
    await lab.locator('figure.chart .end-labels span').nth(1).waitFor();
    await take('charts');
    await lab.locator('#tab-evaluation').click();
    await lab.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'Convolution' });
    await lab.locator('.confusion').waitFor({ timeout: 120_000 });
    await take('evaluation');
  });

  await inTheme('Default Light Modern', async (workbench, take) => {
    await workbench.command('View: Show Explorer');
    await workbench.explorerMenu(pictures, 'Visualize Involution Kernels');
    const lab = await labPanel(workbench);
    const rows = lab.locator('.kernel-row');
    await rows.nth(1).locator('.tile-frame').nth(3).waitFor({ timeout: 60_000 });
    await rows
      .nth(1)
      .locator('.tile-frame')
      .nth(1)
      .click({ position: { x: 60, y: 70 } });
    await lab.locator('.application .matrix').nth(2).waitFor();
    await take('kernels');
  });

  await inTheme('Default Light Modern', async (workbench, take) => {
    await workbench.command('View: Close Primary Side Bar');
    await workbench.command('Involution Lab: Learn About Involution');
    const lab = await labPanel(workbench);
    await lab.getByRole('button', { name: /Another kernel at every position/ }).click();
    await lab.getByText('marked: pixel').waitFor({ timeout: 60_000 });
    await take('learn');
  });
} finally {
  workspace.remove();
}
