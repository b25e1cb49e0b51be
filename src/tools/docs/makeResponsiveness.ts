// Writes docs/responsiveness.md: `npm run docs:responsiveness`, after `npm run build` and `npm run package`, on a Linux
// machine that does nothing else. Takes about four minutes.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import {
  batches,
  makeWorkspace,
  openWorkbench,
  readEvents,
  runFolders,
  trainFromPalette,
} from '../../../test/e2e/extension';
import { type FrameTimes, measureFrameTimes } from '../../../test/webview/frameTime';
import { buildPages } from '../../../test/webview/page';
import { launchChromium } from '../../../test/workbench/chromium';
import type { Workbench } from '../../../test/workbench/workbench';
import { TestWorker } from '../../../test/worker/support/worker';
import { machine, markdown } from '../../cli/bench/report';
import { median } from '../../cli/bench/statistics';
import { keystrokesToDiagram } from './keystrokes';

type Row = [what: string, measured: string, wanted: string];

const milliseconds = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;
const megabytes = (kilobytes: number) => `${Math.round(kilobytes / 1024)} MB`;

const processText = (pid: number | string, file: 'cmdline' | 'status') =>
  readFileSync(`/proc/${pid}/${file}`, 'utf8');
/** VmRSS: resident now; VmHWM: at most, so far. In kB. */
const memoryOf = (pid: number, what: 'VmRSS' | 'VmHWM') =>
  Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(processText(pid, 'status'))![1]);

function extensionHostBelow(ancestor: number): number {
  const parentOf = (pid: number) => Number(/^PPid:\s+(\d+)$/m.exec(processText(pid, 'status'))![1]);
  const isBelow = (pid: number): boolean => pid === ancestor || (pid > 1 && isBelow(parentOf(pid)));
  const found = readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && processText(name, 'cmdline').includes('--type=extensionHost') && isBelow(+name)
      );
    } catch {
      // A process that ended while it was looked at.
      return false;
    }
  });
  if (!found[0]) throw new Error('Code-OSS runs no extension host.');
  return Number(found[0]);
}

/** When a chart first reads out a value, whichever frame it is in; not one that has this model in it, too. */
async function firstChartPoint({ page }: Workbench, without?: string): Promise<number> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    for (const frame of page.frames()) {
      const readings = await frame
        .locator('.readout', { hasText: /\d\.\d{4}/, ...(without && { hasNotText: without }) })
        .count()
        .catch(() => 0);
      if (readings > 0) return Date.now();
    }
    await page.waitForTimeout(50);
  }
  throw new Error('No chart had a point within a minute.');
}

/** As VS Code itself tells it. */
async function activationTime(workbench: Workbench): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'Involution Lab' });
  const text = (await row.locator('.activation-time').textContent())!;
  return Number(/(\d+)\s*ms/.exec(text)![1]);
}

async function inTheEditor(): Promise<Row[]> {
  const workspace = makeWorkspace();
  // High enough for the whole list of running extensions: rows out of sight are not there.
  const workbench = await openWorkbench(workspace.path, { size: { width: 1400, height: 1200 } });
  try {
    const host = extensionHostBelow(workbench.server.process.pid!);
    // The host has extensions of its own to start.
    await workbench.page.waitForTimeout(5000);
    const before = memoryOf(host, 'VmRSS');
    await trainFromPalette(workbench, ['Involution', 'Convolution'], 3);
    const asked = Date.now();
    const shown = await firstChartPoint(workbench);
    const [run] = runFolders(workspace.path);
    const [first] = batches(readEvents(run!), 'involution');
    await workbench.notification(/is trained/, 200_000);
    const after = memoryOf(host, 'VmRSS');
    // Of one model, so that its chart is told from the first training's.
    await trainFromPalette(workbench, ['Involution'], 1, 'Train Involution Model With…');
    const askedAgain = Date.now();
    const shownAgain = await firstChartPoint(workbench, 'Convolution');
    return [
      ['activation, as VS Code counts it', milliseconds(await activationTime(workbench)), ''],
      ['last answer of the palette → first step of the training', milliseconds(first!.time - asked), ''],
      ['last answer of the palette → first point of the chart', milliseconds(shown - asked), '≤ 2 s'],
      [
        '… of a second training, for which the worker of the first is there',
        milliseconds(shownAgain - askedAgain),
        '≤ 1 s',
      ],
      ['memory of the extension host before a training', megabytes(before), ''],
      ['the same after a training, charts open', megabytes(after), ''],
    ];
  } finally {
    await workbench.close();
    workspace.remove();
  }
}

async function inNetworkFiles(): Promise<Row[]> {
  const times = await keystrokesToDiagram('rednet');
  return [
    [
      `key in a network file → diagram beside it, RedNet-50, ${times.length} keys`,
      milliseconds(median(times)),
      '≤ 100 ms',
    ],
    ['… the slowest of them', milliseconds(Math.max(...times)), ''],
  ];
}

/** A fresh worker each time: forked by its first call. */
async function startUp(runs: string): Promise<Row> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const worker = new TestWorker();
    const begin = Date.now();
    const folder = await worker.call('train', { engine: 'wasm', epochs: 1 }, runs);
    await worker.until('a step', () => (worker.latest?.batch ?? 0) > 0);
    await worker.stop(10_000);
    times.push(batches(readEvents(folder), 'involution')[0]!.time - begin);
  }
  return ['worker forked → first step done, wasm, built-in data', milliseconds(median(times)), '≤ 2 s'];
}

async function inTheWorker(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'involution-responsiveness-'));
  const rows = [await startUp(folder)];
  const worker = new TestWorker();
  try {
    const open = async (file: string, resolution: 'fit' | 'native') => {
      let reports = 0;
      const begin = performance.now();
      const session = await worker.task(
        (task) =>
          worker.call(
            'openKernels',
            { image: { file }, source: { untrained: null, seed: null }, resolution },
            task,
          ),
        { onProgress: () => reports++ },
      );
      for (const { name } of session.layers) await worker.call('kernelMap', session.id, name, 'all', null);
      await worker.call('closeKernels', session.id);
      return { time: performance.now() - begin, reports };
    };
    const classFolder = resolve('src/tools/workbench/sample/shapes/striped disc');
    const times: number[] = [];
    for (const name of readdirSync(classFolder))
      times.push((await open(join(classFolder, name), 'fit')).time);
    const [first, ...following] = times;
    rows.push(
      [
        'kernel heatmaps of a 32×32 image, the first: worker forked → all layers there',
        milliseconds(first!),
        '',
      ],
      [`the same, the following ${following.length}`, milliseconds(median(following)), '≤ 150 ms'],
      ['… the slowest of them', milliseconds(Math.max(...following)), '≤ 150 ms'],
    );

    const photo = join(folder, 'noise.png');
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    await sharp({ create: { width: 2048, height: 2048, channels: 3, background: '#808080', noise } })
      .png()
      .toFile(photo);
    const before = memoryOf(worker.pid!, 'VmHWM');
    const { time, reports } = await open(photo, 'native');
    const once = memoryOf(worker.pid!, 'VmHWM') - before;
    for (let i = 0; i < 4; i++) await open(photo, 'native');
    const fiveTimes = memoryOf(worker.pid!, 'VmHWM') - before;
    rows.push(
      ['kernel heatmaps of a 2048×2048 image at native resolution', seconds(time), 'seconds'],
      ['… reports of progress meanwhile', String(reports), 'some'],
      ['… memory that the worker took for it, at most', megabytes(once), 'bounded'],
      ['… opened five times, one after the other', megabytes(fiveTimes), 'bounded'],
    );
  } finally {
    await worker.stop(10_000);
    rmSync(folder, { recursive: true });
  }
  return rows;
}

async function inTheCharts(): Promise<FrameTimes[]> {
  await buildPages();
  const browser = await launchChromium();
  const rows: FrameTimes[] = [];
  for (const points of [1e3, 1e5, 1e6]) rows.push(await measureFrameTimes(browser, points));
  await browser.close();
  return rows;
}

const table = (rows: Row[]) =>
  markdown({
    columns: [{ title: '' }, { title: 'measured', align: 'right' }, { title: 'wanted', align: 'right' }],
    rows,
  });

const load = loadavg()[0]!.toFixed(1);
const editor = [...(await inTheEditor()), ...(await inNetworkFiles())];
const worker = await inTheWorker();
const charts = await inTheCharts();
const file = 'docs/responsiveness.md';
writeFileSync(
  file,
  `# Responsiveness

Made by \`npm run docs:responsiveness\` on ${machine()}, whose load was ${load}
when it began.

## In the editor

The packaged extension in Code-OSS in the browser, training both models on the built-in data; editor, browser and worker
share the machine.

${table(editor)}

## The worker

${table(worker)}

## The charts

Loss and accuracy of both models in Chromium, drawn by software, while twelve new batches arrive ten times a second, on top
of as many points per curve as the first column says. An update costs the page's main thread the processor time of the second
column (wanted: ≤ 8 ms), and the host that of the third (wanted: ≤ 4 ms).

${markdown({
  columns: ['points per curve', 'page', 'host', 'points sent', 'frame, median', '95 %', 'longest'].map(
    (title) => ({
      title,
      align: 'right' as const,
    }),
  ),
  rows: charts.map(({ points, pageMs, hostMs, sent, median, p95, longest }) => [
    points.toLocaleString('en-US'),
    ...[pageMs, hostMs].map(milliseconds),
    Math.round(sent).toLocaleString('en-US'),
    ...[median, p95, longest].map(milliseconds),
  ]),
})}
`,
);
console.log(`Wrote ${file}`);
