// Takes the README's screenshots of a real run in a real workbench: `npm run docs:screenshots`, once the extension is
// built and packaged. Takes some five minutes.
import { copyFileSync, cpSync } from 'node:fs';
import { labPanel, makeWorkspace, openWorkbench, trainFromPalette } from '../../../test/e2e/extension';

const epochs = 12;
const pictures = ['beetle.svg', 'sailboat.jpg'];

const workspace = makeWorkspace();
cpSync('src/tools/workbench/sample/pictures', workspace.path, { recursive: true });
const workbench = await openWorkbench(workspace.path, {
  settings: { 'workbench.colorTheme': 'Default Dark Modern', 'explorer.compactFolders': false },
});
const take = async (name: string) => {
  await workbench.command('Notifications: Clear All Notifications');
  // Long enough for the palette to fade out.
  await workbench.page.waitForTimeout(500);
  await workbench.screenshot(name);
  copyFileSync(`out/screenshots/${name}.png`, `media/screenshots/${name}.png`);
};
try {
  await workbench.command('Involution Lab: Open Dashboard');
  await trainFromPalette(workbench, ['Involution', 'Convolution'], epochs);
  const charts = await labPanel(workbench);
  await workbench.notification(/is trained/, 900_000);
  await take('charts');
  await charts.locator('#tab-evaluation').click();
  await charts.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'Convolution' });
  await charts.locator('.confusion').waitFor();
  await take('evaluation');
  await workbench.command('View: Close All Editors');
  await workbench.command('View: Show Explorer');
  await workbench.explorerMenu(pictures, 'Visualize Involution Kernels');
  const kernels = await labPanel(workbench);
  await kernels.locator('.kernel-row').nth(1).locator('.tile-frame').nth(3).waitFor({ timeout: 60_000 });
  await workbench.command('View: Close Other Editors in Group');
  await kernels
    .locator('.kernel-row')
    .first()
    .locator('.tile-frame')
    .nth(1)
    .click({ position: { x: 90, y: 78 } });
  await take('kernels');
} finally {
  await workbench.close();
  workspace.remove();
}
