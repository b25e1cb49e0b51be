import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench/workbench';
import {
  batches,
  consecutive,
  epochs,
  eventually,
  labPanel,
  lastValues,
  makeWorkspace,
  openWorkbench,
  readEvents,
  runFolders,
  trainFromPalette,
} from './extension';

/** 10 000 images in batches of 256. */
const stepsPerEpoch = 40;
describe('training both models from the palette', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench(workspace.path);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('shows the first point soon, and at the end the values of the event log', async () => {
    await trainFromPalette(workbench, ['Involution', 'Convolution'], 2);
    const lab = await labPanel(workbench);
    await lab.locator('.chart canvas').first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('charts-training');
    await workbench.notification(/is trained/, 200_000);
    await workbench.screenshot('charts-done');

    const [run] = runFolders(workspace.path);
    const events = readEvents(run!);
    for (const model of ['involution', 'convolution']) {
      expect(batches(events, model).map(({ step }) => step)).toEqual(consecutive(2 * stepsPerEpoch));
      const last = epochs(events, model).at(-1)!;
      const step = batches(events, model).at(-1)!;
      await eventually(`the chart of ${model} ends with the log's values`, async () => {
        const shown = await lastValues(lab, model === 'involution' ? 'Involution' : 'Convolution');
        const logged = [step.loss, last.valLoss, step.accuracy, last.valAccuracy].map((v) => v!.toFixed(4));
        return shown.join() === logged.join() && shown;
      });
    }
  });

  it('shows what the models cost, as Keras counts it', async () => {
    const lab = await labPanel(workbench);
    await lab.locator('#tab-models').click();
    await lab.getByText('13,074').or(lab.getByText('13 074')).first().waitFor();
    await lab.getByText('319,178').or(lab.getByText('319 178')).first().waitFor();
    await workbench.screenshot('models');
  });

  it('shows the confusion matrix and the mistakes', async () => {
    const lab = await labPanel(workbench);
    await lab.locator('#tab-evaluation').click();
    await lab.locator('#panel-evaluation table').first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('evaluation');
    const counts = await lab.locator('#panel-evaluation table td').allTextContents();
    const sum = counts.map((text) => Number(text.replace(/\D/g, ''))).filter(Number.isFinite);
    expect(sum.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(2_000);
  });

  it('shows the data', async () => {
    const lab = await labPanel(workbench);
    await lab.locator('#tab-data').click();
    await lab.locator('#panel-data canvas').nth(24).waitFor({ timeout: 60_000 });
    await workbench.screenshot('data');
  });
});
