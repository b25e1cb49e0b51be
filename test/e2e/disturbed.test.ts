import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from '../workbench/workbench';
import {
  batches,
  consecutive,
  dashboard,
  eventually,
  labPanel,
  makeWorkspace,
  openWorkbench,
  readEvents,
  runFolders,
  trainFromPalette,
  workerProcesses,
} from './extension';

/** The log grows meanwhile: it is read once. */
const expectConsecutive = (steps: number[]) => expect(steps).toEqual(consecutive(steps.length));

describe('a training that is disturbed', () => {
  const workspace = makeWorkspace();
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench(workspace.path);
    await trainFromPalette(workbench, ['Involution'], 400);
    await labPanel(workbench);
  });
  afterEach(({ task }) => workbench.screenshot(`disturbed-${task.name.replace(/\W+/g, '-')}`));
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });
  const run = () => runFolders(workspace.path)[0]!;
  const steps = () => batches(readEvents(run()), 'involution').map(({ step }) => step);
  const showPanel = () =>
    workbench.page
      .getByRole('tab', { name: /shapes/i })
      .first()
      .click();
  const more = async (count = 20) => {
    const before = steps().length;
    await eventually(`${count} more steps`, () => steps().length >= before + count, 90);
  };

  it('pauses and continues', async () => {
    await workbench.command('Involution Lab: Open Dashboard');
    const panel = await dashboard(workbench);
    await more();
    await panel.getByRole('button', { name: 'Pause' }).click();
    await panel.getByRole('button', { name: 'Continue' }).waitFor();
    await new Promise((wake) => setTimeout(wake, 1_000));
    const paused = steps().length;
    await new Promise((wake) => setTimeout(wake, 1_500));
    expect(steps().length).toBe(paused);
    await panel.getByRole('button', { name: 'Continue' }).click();
    await more();
  });

  it('goes on in a hidden panel, which misses nothing', async () => {
    await workbench.command('File: New Untitled Text File');
    await more();
    await showPanel();
    const lab = await labPanel(workbench);
    const seen = await eventually('the chart again', async () => {
      const place = await lab
        .locator('.readout .place')
        .first()
        .textContent()
        .catch(() => '');
      return Number(place?.replace(/\D/g, ''));
    });
    expect(seen).toBeGreaterThan(0);
    await eventually('the chart at the newest batch', async () => {
      const place = await lab.locator('.readout .place').first().textContent();
      return Number(place?.replace(/\D/g, '')) >= steps().length - 60;
    });
  });

  it('survives a reload of the window, with no batch lost or doubled', async () => {
    const [worker] = workerProcesses();
    await workbench.reload();
    await eventually('a worker of the new window alone', () => {
      const [next, ...others] = workerProcesses();
      return next !== undefined && next !== worker && others.length === 0;
    });
    await more();
    // Code-OSS may bring the other editor to the front.
    await showPanel();
    await labPanel(workbench);
    expectConsecutive(steps());
  });

  it('reports a worker that was killed, and resumes it', async () => {
    const [worker] = workerProcesses();
    process.kill(worker!, 'SIGKILL');
    const toast = await workbench.notification(/SIGKILL/);
    const before = steps().length;
    await toast.getByRole('button', { name: 'Resume', exact: true }).click();
    await eventually('steps after the resume', () => steps().length > before + 20, 120);
    expectConsecutive(steps());
  });

  it('stops when told, saved and resumable', async () => {
    await workbench.command('Involution Lab: Stop Training');
    // The reload of the window stopped it once before: the log's last word counts.
    const state = () =>
      readEvents(run())
        .filter((event) => event.type === 'status')
        .at(-1)?.state;
    await eventually('the stopped state', () => state() === 'stopped');
    const stopped = steps().length;
    await workbench.command('Involution Lab: Resume Run');
    await workbench.pick(/shapes involution/);
    await eventually('steps after the resume', () => steps().length > stopped + 5, 120);
    expectConsecutive(steps());
    await workbench.command('Involution Lab: Stop Training');
  });

  it('leaves no process behind', async () => {
    await workbench.server.stop();
    await eventually('the end of the worker', () => workerProcesses().length === 0, 30);
  });
});
