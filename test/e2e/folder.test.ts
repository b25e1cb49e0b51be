import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench/workbench';
import {
  chooseImageFolder,
  epochs,
  labPanel,
  makeWorkspace,
  openWorkbench,
  readEvents,
  runFolders,
} from './extension';

describe('training on a folder of the workspace', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  beforeAll(async () => {
    const folder = join(workspace.path, 'shapes');
    cpSync('src/tools/workbench/sample/shapes', folder, { recursive: true });
    const whole = readFileSync(join(folder, 'plain disc', '01.png'));
    writeFileSync(join(folder, 'plain disc', 'broken.png'), whole.subarray(0, whole.length / 2));
    workbench = await openWorkbench(workspace.path);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('leaves out a corrupt file, says so, and trains on the others', async () => {
    await chooseImageFolder(workbench, join(workspace.path, 'shapes'), 'striped disc');
    await workbench.pickSeveral(['Involution']);
    await workbench.answer('3');
    const lab = await labPanel(workbench);
    await workbench.notification(/is trained/, 120_000);
    const [run] = runFolders(workspace.path);
    expect(epochs(readEvents(run!), 'involution').map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    const manifest = JSON.parse(readFileSync(join(run!, 'run.json'), 'utf8'));
    expect(manifest.data.trainCount + manifest.data.validationCount).toBe(4 * 24);

    await lab.locator('#tab-data').click();
    await lab.getByText('broken.png').first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('folder-data');
  });
});
