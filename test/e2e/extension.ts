import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Frame } from 'playwright-core';
import type { ModelId } from '../../src/core/network/model';
import type { BatchEvent, EpochEvent, RunEvent } from '../../src/core/runs/events';
import { currentPlatform } from '../../src/tools/packaging/platforms';
import { Workbench, type WorkbenchOptions } from '../workbench/workbench';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const vsix = resolve('out', `involution-lab-${version}-${currentPlatform()}.vsix`);

/** A workspace whose path has a space and letters beyond ASCII; removed with `remove`. */
export function makeWorkspace(): { path: string; remove(): void } {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'involution-e2e-')));
  const path = join(parent, 'my images 样例');
  mkdirSync(path);
  return { path, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

export function openWorkbench(
  workspace: string,
  options: Partial<WorkbenchOptions> = {},
): Promise<Workbench> {
  if (!existsSync(vsix)) throw new Error(`${vsix} is missing: run npm run package first.`);
  const settings = { 'involutionLab.engine': 'wasm', ...options.settings };
  return Workbench.open({ workspace, vsix, ...options, settings });
}

/** The folders of the workspace's runs, oldest first. */
export function runFolders(workspace: string): string[] {
  const runs = join(workspace, '.involution', 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => existsSync(join(runs, name, 'run.json')))
    .sort()
    .map((name) => join(runs, name));
}

/** The whole lines of a run's event log. */
export function readEvents(runFolder: string): RunEvent[] {
  const text = readFileSync(join(runFolder, 'events.jsonl'), 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export const batches = (events: RunEvent[], model: ModelId): BatchEvent[] =>
  events.filter((event): event is BatchEvent => event.type === 'batch' && event.model === model);
export const epochs = (events: RunEvent[], model: ModelId): EpochEvent[] =>
  events.filter((event): event is EpochEvent => event.type === 'epoch' && event.model === model);

/** The steps that a log of so many batches has, if none is lost or doubled: 1, 2, … */
export const consecutive = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Polls until `check` gives a value; the error says what was waited for. */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

/** The palette's Train: the built-in data, the models of these titles and epochs, in three answers. It asks once. */
export async function trainFromPalette(
  workbench: Workbench,
  models: readonly string[],
  epochCount: number,
  command: 'Train Involution Model' | 'Train Involution Model With…' = 'Train Involution Model',
): Promise<void> {
  await workbench.command(`Involution Lab: ${command}`);
  await workbench.pick('Built-in shapes');
  await workbench.pickSeveral(models);
  await workbench.answer(String(epochCount));
}

/** The palette's Train up to the choice of models, on an image folder that has a class of this name. */
export async function chooseImageFolder(
  workbench: Workbench,
  folder: string,
  className: string,
): Promise<void> {
  const { page } = workbench;
  await workbench.command('Involution Lab: Train Involution Model');
  await workbench.pick('Image folder');
  const dialog = page.locator('.quick-input-widget');
  const button = dialog.locator('.monaco-button', { hasText: 'Train on This Folder' });
  await button.waitFor();
  // What is typed before the dialog has read its first folder, it takes back; what is pressed while it reads, too.
  await eventually('the folder is taken', async () => {
    if (await button.isHidden()) return true;
    await dialog.locator('input.input').fill(`${folder}/`);
    const soon = { timeout: 3_000 };
    const row = dialog.locator('.monaco-list-row', { hasText: className }).first();
    await row
      .waitFor(soon)
      .then(() => button.click(soon))
      .then(() => button.waitFor({ state: 'hidden', ...soon }))
      .catch(() => {});
    return false;
  });
}

export const labPanel = (workbench: Workbench): Promise<Frame> =>
  workbench.webview('[role="tablist"] #tab-charts', 60_000);
export const dashboard = (workbench: Workbench): Promise<Frame> => workbench.webview('.controls', 60_000);

/** The row of the charts' text alternative for the model of this title: loss and accuracy, train and validation. */
export async function lastValues(lab: Frame, model: string): Promise<string[]> {
  // Runs are named after their models, too.
  const title = lab.locator('td:nth-child(2)', { hasText: new RegExp(`^${model}$`) });
  const row = lab.locator('.last-values tr, .visually-hidden tr', { has: title }).last();
  const cells = await row.locator('td').allTextContents();
  return cells.slice(2);
}

/** Process ids of the training workers of this machine whose command line names our worker script. */
export function workerProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/worker.mjs');
      } catch {
        return false;
      }
    })
    .map(Number);
}
