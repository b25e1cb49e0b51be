import type { Browser } from 'playwright-core';
import { RunCurves } from '../../src/host/runCurves';
import type { SeriesRequest } from '../../src/protocol/lab';
import { generator } from './curves';
import { cards } from './labStories';
import { openScene } from './page';

/** How the charts keep up with a training run whose log already has `points` batches a model. */
export interface FrameTimes {
  readonly points: number;
  /** Milliseconds between frames while new batches arrive ten times a second: median, 95th percentile, longest. */
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** Processor time of the page's main thread for one update of both charts, over frames without, and of the host to smooth and thin for it what is new. */
  readonly pageMs: number;
  readonly hostMs: number;
  /** Points that cross to the page an update. */
  readonly sent: number;
}

const updates = 50;
const updateEvery = 100;
const newBatches = 12;

/** How the page is sent numbers: it reads them in next to no time, as it does those of VS Code's messages. */
const base64 = ({ buffer, byteOffset, byteLength }: Float64Array | Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

export async function measureFrameTimes(browser: Browser, points: number): Promise<FrameTimes> {
  const random = generator(points);
  const models = cards[0]!.models.map(({ id }) => id);
  const curves = new RunCurves(models);
  let step = 0;
  const grow = (count: number) => {
    for (const end = step + count; step < end; ) {
      step++;
      for (const model of models) {
        const [loss, accuracy] = [2 / (1 + step / 500) + 0.2 * random(), 0.5 + 0.2 * random()];
        curves.add({ type: 'batch', time: 0, model, epoch: 1, batch: step, step, loss, accuracy });
      }
    }
  };
  grow(points);

  let [hostMs, sent, answers] = [0, 0, 0];
  const answer = ({ runs: [run], ...request }: SeriesRequest) => {
    const begin = process.cpuUsage();
    const patches = curves.series(run!, request);
    const { user, system } = process.cpuUsage(begin);
    hostMs += (user + system) / 1000;
    sent += patches.reduce((sum, { x }) => sum + x.length, 0);
    answers++;
    return patches.map(({ x, raw, smooth, ...rest }) => ({
      ...rest,
      ...{ x: base64(x), raw: base64(raw), smooth: base64(smooth) },
    }));
  };

  const complaints: string[] = [];
  const scene = {
    webview: 'lab',
    theme: 'dark',
    width: 1200,
    height: 760,
    story: 'lab: charts-smooth-measured',
  } as const;
  const page = await openScene(browser, scene, complaints, (page) =>
    page.exposeFunction('answerSeries', answer),
  );
  await page.locator('.readout').first().waitFor();
  await page.waitForTimeout(1000);
  [hostMs, sent, answers] = [0, 0, 0];

  const session = await page.context().newCDPSession(page);
  // Time on the processor: what else the machine does meanwhile does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  const recordFrames = () =>
    page.evaluate(
      (duration) =>
        (globalThis as unknown as { recordFrames: (duration: number) => Promise<number[]> }).recordFrames(
          duration,
        ),
      updates * updateEvery,
    );
  // What it costs to draw frames in which nothing is new.
  const begin = await taskSeconds();
  await recordFrames();
  const before = await taskSeconds();
  const frames = recordFrames();
  for (let i = 0; i < updates; i++) {
    grow(newBatches);
    await page.evaluate(
      (shown) =>
        (globalThis as unknown as { tell: (name: string, cards: unknown) => void }).tell(
          'runsChanged',
          shown,
        ),
      cards.slice(0, 1),
    );
    await page.waitForTimeout(updateEvery);
  }
  const intervals = (await frames).sort((a, b) => a - b);
  const pageMs = ((await taskSeconds()) - before - (before - begin)) * 1000;
  await page.close();
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  const at = (share: number) =>
    intervals[Math.min(intervals.length - 1, Math.floor(share * intervals.length))]!;
  return {
    points,
    median: at(0.5),
    p95: at(0.95),
    longest: at(1),
    pageMs: pageMs / answers,
    hostMs: hostMs / answers,
    sent: sent / answers,
  };
}
