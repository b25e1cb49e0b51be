import { describe, expect, it } from 'vitest';
import type { Metric, SeriesRequest } from '../../src/protocol/lab';
import { allCurves } from './curves';
import { cards } from './labStories';
import { twelveModels } from './models';
import { button, type Call, calls, open, overflow, page, plain, tell } from './stage';

describe('the charts', () => {
  const question: SeriesRequest = {
    runs: ['cifar10-1'],
    metrics: ['loss'],
    known: {},
    axis: 'batch',
    from: null,
    to: null,
    width: null,
    smoothing: 0,
  };
  const all = (metric: Metric) =>
    allCurves({ ...question, metrics: [metric] }, { 'cifar10-1': 14 }, twelveModels.slice(0, 2));

  it('read out the last values, and those at a crosshair that all charts share', async () => {
    await open('lab: charts');
    const [loss, accuracy] = [page.locator('.readout').nth(0), page.locator('.readout').nth(1)];
    const last = all('loss')[0]!.raw.at(-1)!.toFixed(4);
    await expect.poll(() => loss.textContent()).toContain(last);
    const chart = page.getByRole('slider', { name: /^Loss by batch/ });
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    const place = plain(await loss.locator('.place').textContent());
    expect(place).not.toBe('batch 2 744');
    expect(plain(await accuracy.locator('.place').textContent())).toBe(place);
    expect(plain(await chart.getAttribute('aria-valuetext'))).toContain(place);
  });

  it('hide a model, show it alone, and name the lines where they end', async () => {
    await open('lab: charts');
    const plot = page.locator('.chart').first();
    const names = () => plot.locator('.end-labels span').allTextContents();
    const buttons = plot.locator('.reading button');
    await expect.poll(async () => (await names()).length).toBeGreaterThan(1);
    const all = await buttons.allTextContents();
    expect((await names()).sort()).toEqual([...all].sort());
    await buttons.first().focus();
    await page.keyboard.press('Enter');
    expect(await buttons.first().getAttribute('aria-pressed')).toBe('false');
    expect((await names()).sort()).toEqual(all.slice(1).sort());
    // The other chart, too.
    const pressed = page.locator('.chart').nth(1).locator('.reading button').first();
    expect(await pressed.getAttribute('aria-pressed')).toBe('false');
    await buttons.first().dblclick();
    expect(await names()).toEqual(all.slice(0, 1));
    await buttons.first().dblclick();
    expect((await names()).sort()).toEqual([...all].sort());
  });

  it('zoom into a stretch that survives new data', async () => {
    await open('lab: charts');
    await page.locator('.readout').first().waitFor();
    const area = (await page.locator('.area').first().boundingBox())!;
    await page.mouse.move(area.x + area.width / 4, area.y + 50);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width / 2, area.y + 60, { steps: 4 });
    await page.mouse.up();
    const zoomed = async () => ((await calls('series')).at(-1)![0] as SeriesRequest).from;
    await expect.poll(zoomed).not.toBeNull();
    const from = await zoomed();
    expect(from).toBeGreaterThan(600);
    expect(from).toBeLessThan(800);
    const before = (await calls('series')).length;
    await tell('runsChanged', cards.slice(0, 1));
    await expect.poll(async () => (await calls('series')).length).toBeGreaterThan(before);
    expect(await zoomed()).toBe(from);
    await button('Reset zoom').click();
    await expect.poll(zoomed).toBeNull();
  });

  it('export what they show as PNG and SVG, and every point as CSV', async () => {
    await open('lab: charts');
    await page.locator('.readout').first().waitFor();
    for (const name of ['Charts as PNG…', 'Charts as SVG…', 'Values as CSV…']) {
      await button('Export').click();
      await page.getByRole('menuitem', { name }).click();
    }
    await expect.poll(async () => (await calls('save')).length).toBe(3);
    const files = await page.evaluate(() =>
      (window as unknown as { calls: Call[] }).calls
        .filter((c) => c.name === 'save')
        .map(({ args: [name, bytes] }) => ({
          name: name as string,
          head: Array.from((bytes as Uint8Array).subarray(0, 20)),
          text: (name as string).endsWith('png') ? '' : new TextDecoder().decode(bytes as Uint8Array),
        })),
    );
    const file = (extension: string) => files.find(({ name }) => name === `cifar10-inn-cnn.${extension}`)!;
    const png = Buffer.from(file('png').head);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // The width in the header: two panels of 600, twice as dense.
    expect(png.readUInt32BE(16)).toBe(2400);
    expect(file('svg').text).toMatch(/^<svg [\s\S]*<\/svg>\s$/);
    const points = [...all('loss'), ...all('accuracy')].reduce((sum, s) => sum + s.x.length, 0);
    expect(file('csv').text.trimEnd().split('\r\n')).toHaveLength(points + 1);
  });

  it.each([1, 6, 12])(
    'of %i models fit in 220 and 1200 px, each with its own line and reading',
    async (count) => {
      const word = { 1: 'one', 6: 'six', 12: 'twelve' }[count]!;
      for (const width of [220, 1200]) {
        await open(`lab: charts-${word}`, { width });
        const readings = page.locator('.readout').first().locator('.reading');
        await expect.poll(() => readings.count()).toBe(count);
        const strokes = await readings.evaluateAll((all) =>
          all.map((reading) => {
            const line = reading.querySelector('line')!;
            return `${getComputedStyle(line).stroke} ${line.getAttribute('stroke-dasharray')}`;
          }),
        );
        expect(new Set(strokes).size).toBe(count);
        expect(await overflow('.chart')).toBe(0);
        const plot = (await page.locator('.chart .plot').first().boundingBox())!;
        expect(plot.height).toBeGreaterThanOrEqual(180);
        if (width === 220) await page.close();
      }
    },
  );

  it('ask for nothing while another section is on show', async () => {
    await open('lab: charts');
    await page.locator('.readout').first().waitFor();
    await page.getByRole('tab', { name: 'Charts' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('What they cost').waitFor();
    expect(await page.getByRole('tab', { name: 'Models' }).getAttribute('aria-selected')).toBe('true');
    const before = (await calls('series')).length;
    await tell('runsChanged', cards.slice(0, 1));
    await tell('progress', 'models', { message: '', fraction: null });
    expect(await calls('series')).toHaveLength(before);
  });

  // In one go: between finding and measuring, labels that are made anew would be gone.
  const labels = (axis: 'x' | 'y') =>
    page.evaluate(
      (labels) =>
        [...document.querySelectorAll(labels)].map((label) => {
          const { left, right, top, bottom } = label.getBoundingClientRect();
          return { text: label.textContent, left, right, top, bottom };
        }),
      `.chart:first-child .labels .${axis}`,
    );

  it.each([1, 2, 40, 120, 2744])('have three labels or more on each axis, at %i batches', async (batches) => {
    for (const width of [1200, 500, 220]) {
      await open(`lab: charts-upto${batches}`, { width });
      await page.locator('.labels .x').first().waitFor();
      for (const kind of ['', 'log x', 'log y']) {
        if (kind !== '') await button(kind).click();
        const [x, y] = [await labels('x'), await labels('y')];
        const what = `${width} px wide ${kind}`;
        expect(x.length, what).toBeGreaterThanOrEqual(3);
        expect(y.length, what).toBeGreaterThanOrEqual(3);
        for (const all of [x, y]) expect(new Set(all.map(({ text }) => text)).size, what).toBe(all.length);
        for (const [i, label] of x.slice(1).entries())
          expect(label.left, `${what}: ${x[i]!.text} and ${label.text}`).toBeGreaterThan(x[i]!.right);
        expect(x.at(-1)!.right, what).toBeLessThanOrEqual(width);
        if (kind !== '') await button(kind).click();
      }
      if (width > 220) await page.close();
    }
  });

  it('draw what is new as if all had been drawn anew', async () => {
    /** Keeps what is drawn now, and gives how many pixels are clearly more or less covered than what was kept before. */
    const changed = () =>
      page.evaluate(() => {
        const kept = window as unknown as { pixels?: Uint8ClampedArray[] };
        const before = kept.pixels;
        const canvases = [...document.querySelectorAll<HTMLCanvasElement>('.chart .area canvas')];
        const now = canvases.map(
          (canvas) => canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data,
        );
        kept.pixels = now;
        const differs = (alpha: number, i: number, j: number) =>
          i % 4 === 3 && !(Math.abs(alpha - (before?.[j]?.[i] ?? Number.NaN)) <= 64);
        return now.reduce(
          (sum, data, j) => sum + data.reduce((n, alpha, i) => n + Number(differs(alpha, i, j)), 0),
          0,
        );
      });
    const strokes = () => page.evaluate(() => (window as unknown as { strokes: number }).strokes);
    await open('lab: charts-smooth-upto720');
    let batches = 720;
    await page.locator('.readout').first().waitFor();
    await page.evaluate(() => {
      const counted = window as unknown as { strokes: number };
      const { lineTo } = Path2D.prototype;
      counted.strokes = 0;
      Path2D.prototype.lineTo = function (x, y) {
        counted.strokes++;
        lineTo.call(this, x, y);
      };
    });
    const grow = async () => {
      const before = await page.locator('.readout .place').first().textContent();
      batches += 12;
      await page.evaluate((now) => Object.assign(window, { batches: now }), batches);
      await tell('runsChanged', cards.slice(0, 1));
      await expect.poll(() => page.locator('.readout .place').first().textContent()).not.toBe(before);
    };
    // The first new points make room for more.
    await grow();
    const begin = await strokes();
    for (let i = 0; i < 5; i++) await grow();
    const ofNews = ((await strokes()) - begin) / 5;
    expect(await changed()).toBeGreaterThan(100_000);
    // All of it anew, at the same place: another size, and back.
    const drawnAt = async (width: number) => {
      const before = await strokes();
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(strokes).toBeGreaterThan(before);
      await page.waitForTimeout(1000);
      return (await strokes()) - before;
    };
    await drawnAt(1100);
    expect(ofNews).toBeLessThan((await drawnAt(1200)) / 5);
    expect(await changed()).toBe(0);
  });
});
