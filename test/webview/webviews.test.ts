import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import chinese from '../../media/l10n/bundle.l10n.zh-cn.json' with { type: 'json' };
import { colorTable } from '../../src/core/kernels/colormap';
import { census, paint, scaleOf } from '../../src/core/kernels/heatmap';
import type { SeriesRequest } from '../../src/protocol/lab';
import { arrowPath } from '../../webview/lab/kernels/arrowPath';
import { launchChromium } from '../workbench/chromium';
import { allCurves } from './curves';
import { missingGlyphs } from './glyphs';
import { evaluation, kernelDetail, kernelMapOf } from './images';
import { cards } from './labStories';
import { twelveModels } from './models';
import { buildPages, openScene, type Scene } from './page';

/** The webviews as they ship, under their own content security policy, with the extension played by a story. */
let browser: Browser;
let page: Page;
const complaints: string[] = [];
beforeAll(async () => {
  await buildPages();
  browser = await launchChromium();
});
afterEach(async () => {
  await page.close();
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(() => browser.close());

async function open(story: string, scene: Partial<Scene> = {}): Promise<void> {
  const webview = story.startsWith('lab') ? 'lab' : 'dashboard';
  const size = webview === 'lab' ? { width: 1200, height: 800 } : { width: 220, height: 900 };
  page = await openScene(browser, { webview, theme: 'dark', story, ...size, ...scene }, complaints);
}

interface Call {
  name: string;
  args: unknown[];
}
/** The host of the stories hears of a call in a task of its own. */
const calls = (name: string): Promise<unknown[][]> =>
  page.evaluate(async (name) => {
    await new Promise((heard) => setTimeout(heard, 50));
    return (window as unknown as { calls: Call[] }).calls.filter((c) => c.name === name).map((c) => c.args);
  }, name);
const tell = (name: string, ...args: unknown[]) =>
  page.evaluate(
    ([name, args]) =>
      (window as unknown as { tell: (name: string, ...args: unknown[]) => void }).tell(name, ...args),
    [name, args] as const,
  );
/** Pixels by which the content of an element is wider than it; a vertical scroll bar counts as nothing. */
const overflow = (selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => element.scrollWidth - element.clientWidth);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const plain = (text: string | null) => (text ?? '').replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

describe('the fonts of this machine', () => {
  it('have a glyph for every character of the Chinese interface', async () => {
    await open('dashboard: parameters', { language: 'zh-cn' });
    expect(await missingGlyphs(page, Object.values(chinese).join('').replace(/\s/g, ''))).toEqual([]);
    expect(await missingGlyphs(page, '内卷\u{FFFFD}\u{FFFFE}'), 'what no font has').toEqual([
      '\u{FFFFD}',
      '\u{FFFFE}',
    ]);
  });
});

describe('the training side panel', () => {
  it('trains with what the form says, and not with what is wrong', async () => {
    await open('dashboard: empty');
    await button('Hyper-parameters').click();
    const rate = page.getByRole('textbox', { name: 'Learning rate' });
    await rate.fill('0');
    await page.getByText('Must be more than 0.').waitFor();
    expect(await button('Train').isDisabled()).toBe(true);
    await rate.fill('0.003');
    await page.getByRole('combobox', { name: 'Data' }).selectOption('cifar10');
    await page.getByRole('checkbox', { name: 'Convolution', exact: true }).click();
    await button('Train').click();
    // The story's host refuses, and says so beside the button.
    await page.getByText('Another run is training').waitFor();
    const [[spec]] = (await calls('train')) as [[Record<string, unknown>]];
    expect(spec).toMatchObject({
      data: { kind: 'cifar10' },
      models: ['involution'],
      learningRate: 0.003,
      epochs: 20,
    });
    expect((await calls('rememberForm')).at(-1)).toEqual([spec, true]);
  });

  it('asks of each optimizer what it has, and for augmentation', async () => {
    await open('dashboard: empty');
    await button('Hyper-parameters').click();
    const optimizer = page.getByRole('combobox', { name: 'Optimizer' });
    const decay = page.getByRole('textbox', { name: 'Weight decay' });
    expect(await decay.count()).toBe(0);
    await optimizer.selectOption('adamw');
    expect(await decay.inputValue()).toBe('0.004');
    await optimizer.selectOption('sgd');
    expect(await decay.inputValue()).toBe('0');
    await decay.fill('0.001');
    await page.getByRole('textbox', { name: 'Momentum' }).fill('0.8');
    await page.getByRole('checkbox', { name: 'Nesterov' }).click();
    await page.getByRole('textbox', { name: 'Warm-up' }).fill('2');
    await page.getByRole('textbox', { name: 'Label smoothing' }).fill('0.1');
    await page.getByRole('checkbox', { name: 'Flip' }).click();
    await page.getByRole('textbox', { name: 'Crop' }).fill('4');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(220);
    await button('Train').click();
    await page.getByText('Another run is training').waitFor();
    const [[spec]] = (await calls('train')) as [[Record<string, unknown>]];
    expect(spec).toMatchObject({
      optimizer: { kind: 'sgd', momentum: 0.8, nesterov: true, weightDecay: 0.001 },
      warmupEpochs: 2,
      labelSmoothing: 0.1,
      augmentation: { flip: true, crop: 4 },
    });
  });

  it('shows where training is, in 220 px', async () => {
    await open('dashboard: running');
    const text = plain(await page.locator('main').textContent());
    for (const part of [
      'Epoch 3/20',
      '18 %',
      '1 204 img/s · 2 m 10 s left',
      '1.8098',
      '0.6095',
      'no GPU found',
      '24.10 MB',
    ])
      expect(text).toContain(part);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(220);
    await button('Pause').click();
    await button('Stop').click();
    expect([await calls('pause'), await calls('stop')]).toEqual([[[]], [[]]]);
  });

  it('follows a run that is trained elsewhere, and offers nothing that could not work', async () => {
    await open('dashboard: elsewhere');
    const section = page.getByRole('region', { name: 'cifar10 in a terminal, trained elsewhere' });
    await section.waitFor();
    const text = async () => plain(await section.textContent());
    for (const part of [
      'Trained in another window or a terminal (process 4711 on node-7). Pause or stop it there.',
      ...['Epoch 7/20', '32 %', '1 204 img/s', '1.8098'],
    ])
      expect(await text()).toContain(part);
    expect(await button(/^(Pause|Stop|Continue|Resume)$/).count()).toBe(0);
    expect(await button('Train').count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(220);
    await section.getByRole('button', { name: 'Open Charts' }).click();
    expect(await calls('openRun')).toEqual([['cifar10']]);
    await tell('elsewhere', []);
    await expect.poll(() => section.count()).toBe(0);
  });

  it('draws its own run first, then three of many that are trained elsewhere', async () => {
    await open('dashboard: elsewhere-many');
    await page.getByText('2 more are trained elsewhere; see Runs.').waitFor();
    expect(await page.locator('section.elsewhere').count()).toBe(3);
    // They are those of this window's run.
    expect(await button(/^(Pause|Stop)$/).count()).toBe(2);
  });

  it.each([1, 6, 12])('has %i models on cards, and their numbers, in 220 px', async (count) => {
    const word = { 1: 'one', 6: 'six', 12: 'twelve' }[count]!;
    await open(`dashboard: models-${word}`);
    const chosen = page.locator('.model-card vscode-checkbox[aria-checked="true"]');
    await expect.poll(() => chosen.count()).toBe(count);
    expect(await overflow('html')).toBe(0);
    await page.close();
    await open(`dashboard: running-${word}`);
    const titles = page.locator('.metrics tbody th');
    await expect.poll(() => titles.count()).toBe(count);
    expect(await titles.first().textContent()).toContain('Involution');
    const [first] = await page.locator('.metrics tbody').first().locator('td').allTextContents();
    expect(first).toBe('1.8100');
    expect(await overflow('html')).toBe(0);
  });

  it('trains a variant of a model with parameters of its own, and says what is wrong with them', async () => {
    await open('dashboard: empty');
    await button('Parameters of Involution').click();
    const [parameters] = [page.locator('.model-card').first()];
    const kernelSize = parameters.getByRole('textbox', { name: 'Kernel size' });
    await kernelSize.fill('99');
    await page.getByText('Must be at most 31.').waitFor();
    expect(await button('Train').isDisabled()).toBe(true);
    await kernelSize.fill('5');
    await page.locator('.model-card .title', { hasText: 'Involution (kernelSize 5)' }).waitFor();
    await parameters.getByRole('button', { name: 'Variant' }).click();
    const variant = page.locator('.model-card').nth(1);
    await variant.getByRole('textbox', { name: 'Kernel size' }).fill('7');
    await page.locator('.model-card .title', { hasText: 'Involution (kernelSize 7)' }).waitFor();
    // The example's convolution, counted for the built-in data.
    expect(plain(await page.locator('.costs').nth(2).textContent())).toBe('319.18 K params · 8.23 M MACs');
    await button('Train').click();
    const [[spec]] = (await calls('train')) as [[Record<string, unknown>]];
    expect(spec.models).toEqual([
      { preset: 'involution', parameters: { kernelSize: 5 } },
      { preset: 'involution', parameters: { kernelSize: 7 } },
      'convolution',
    ]);
    await variant.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => page.locator('.model-card', { hasText: 'kernelSize 7' }).count()).toBe(0);
  });

  it('counts for the classes of the folder that is picked', async () => {
    await open('dashboard: folder');
    await expect
      .poll(async () => plain(await page.locator('.costs').first().textContent()))
      .toMatch(/params/);
    expect(await calls('classCount')).toEqual([['/home/maria/项目 数据/flower photos/train']]);
    // 13 074 with ten classes; five fewer columns of 64 weights and a bias each.
    expect(plain(await page.locator('.costs').first().getAttribute('title'))).toContain('12 749 parameters');
  });

  it('tells that the worker died, and resumes', async () => {
    await open('dashboard: running');
    await tell('crashed', 'exit code 137\n[warn] heap 3.9 GB of 4 GB');
    await page.getByText('The training process died.').waitFor();
    expect(await page.locator('.interruption').textContent()).toContain('heap 3.9 GB of 4 GB');
    await button('Resume').click();
    expect(await calls('resumeRun')).toHaveLength(1);
  });
});

describe('the charts', () => {
  const question: SeriesRequest = {
    runs: ['cifar10-1'],
    metric: 'loss',
    axis: 'batch',
    from: null,
    to: null,
    width: null,
    smoothing: 0,
  };
  const all = (metric: SeriesRequest['metric']) =>
    allCurves({ ...question, metric }, { 'cifar10-1': 14 }, twelveModels.slice(0, 2));

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

  it('zoom into a stretch that survives new data', async () => {
    await open('lab: charts');
    await page.locator('.readout').first().waitFor();
    const area = (await page.locator('.u-over').first().boundingBox())!;
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
});

describe('the kernels', () => {
  it('are painted pixel by pixel as the core paints them', async () => {
    await open('lab: kernels');
    const heatmap = page.locator('.tile').nth(1).locator('canvas.pixels');
    await heatmap.waitFor();
    const session = ((await calls('kernelMap'))[0] as [string])[0];
    const map = kernelMapOf(session, 'inv_1', null);
    const scale = scaleOf(census(map.values).extent, { colorMap: 'viridis', scale: 'image', limit: 0 });
    const drawn = await heatmap.evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data),
    );
    expect(drawn).toEqual([...paint(map, scale, colorTable('viridis'))]);
    expect(plain(await page.locator('.legend').nth(1).textContent())).toBe(
      scale.map((v) => v.toFixed(2)).join(''),
    );
  });

  it('are explained where the pointer is, with a marker on every layer', async () => {
    await open('lab: kernels');
    const tile = page.locator('.tile-frame').nth(2);
    const box = (await tile.boundingBox())!;
    // Row 9, column 4 of inv_2's 16 × 16.
    await page.mouse.move(box.x + (4.5 * box.width) / 16, box.y + (9.5 * box.height) / 16);
    await page.getByText('pixel (4, 9) of inv_2').first().waitFor();
    const session = ((await calls('kernelAt')).at(-1) as [string])[0];
    const detail = kernelDetail(session, 'inv_2', 9, 4);
    await expect
      .poll(async () => plain(await page.locator('.inspector strong').textContent()))
      .toBe(detail.output[0]!.toFixed(4));
    const cells = await page.locator('.matrix').first().locator('td').allTextContents();
    expect(cells.map(plain)).toEqual([...detail.kernel].map((w) => w.toFixed(2).replace(/^-(0\.00)$/, '$1')));
    const markers = await page
      .locator('.marker')
      .evaluateAll((all) =>
        all.map((marker) => [(marker as HTMLElement).style.left, (marker as HTMLElement).style.top]),
      );
    // Input and inv_1 are 32 × 32, inv_3 is 8 × 8.
    expect(markers).toEqual([
      ['28.125%', '59.375%'],
      ['28.125%', '59.375%'],
      ['25%', '56.25%'],
      ['25%', '50%'],
    ]);
    await page.getByRole('combobox', { name: 'Channel' }).selectOption('2');
    await expect
      .poll(async () => plain(await page.locator('.inspector strong').textContent()))
      .toBe(detail.output[2]!.toFixed(4));
    // Elsewhere, the marker is back in the middle of the first layer.
    await page.mouse.move(5, 5);
    await page.getByText('pixel (16, 16) of inv_1').first().waitFor();
  });

  it('stay under a marker that is held, from epoch to epoch', async () => {
    await open('lab: kernels');
    const first = page.locator('.tile-frame').nth(1);
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await button('Let Go').waitFor();
    await page.getByRole('slider', { name: /^epoch/ }).fill('2');
    await expect.poll(async () => (await calls('openKernels')).at(-1)![3]).toBe(2);
    await page.getByText('epoch 2 of cifar10 inn+cnn').waitFor();
    await page.getByText('pixel (17, 17) of inv_1').first().waitFor();
    const opened = (await calls('openKernels')).length;
    await expect.poll(async () => (await calls('closeKernels')).length).toBe(opened - 1);
  });

  it('ask each question once', async () => {
    await open('lab: kernels-bare');
    await page.locator('.tile').nth(15).waitFor();
    await page.waitForTimeout(300);
    expect(await calls('openKernels')).toHaveLength(4);
    expect(await calls('kernelMap')).toHaveLength(12);
    expect(await calls('kernelAt')).toHaveLength(1);
  });

  it('are those of the model that is picked, where a run has several', async () => {
    await open('lab: kernels-six');
    await page.locator('.tile').nth(1).waitFor();
    expect((await calls('openKernels'))[0]![2]).toBeNull();
    const models = page.getByRole('combobox', { name: 'Model' });
    expect(await models.locator('option').allTextContents()).toEqual(
      twelveModels.slice(0, 6).flatMap(({ id, title }) => (id === 'convolution' ? [] : [title])),
    );
    await models.selectOption('static');
    await expect.poll(async () => (await calls('openKernels')).at(-1)![2]).toBe('static');
    await page.getByText('epoch 14 of cifar10 inn+cnn · Static kernels').waitFor();
  });

  it('show another statistic on request, and keep it with the panel', async () => {
    await open('lab: kernels');
    await page.getByText('inv_1, kernel sum').waitFor();
    await page.getByRole('combobox', { name: 'What is shown of each kernel' }).selectOption('offset');
    await page.getByText('inv_1, kernel expected offset').waitFor();
    expect((await calls('kernelMap')).at(-1)![3]).toBe('offset');
    // An arrow for each of 8 × 8 cells that looks anywhere.
    const path = await page.locator('.arrows path').last().getAttribute('d');
    const session = ((await calls('kernelMap')).at(-1) as [string])[0];
    expect(path).toBe(arrowPath(kernelMapOf(session, 'inv_3', 'offset').arrows!, 8));
  });

  it('are labelled when no network was trained', async () => {
    await open('lab: kernels-none');
    await page.locator('.badge', { hasText: 'untrained' }).waitFor();
    await button('Train a Model').click();
    expect(await calls('trainFirst')).toHaveLength(1);
  });
});

describe('the evaluation', () => {
  it('shows the images of a cell', async () => {
    await open('lab: evaluation');
    const { labels, predicted, classes, confusion } = evaluation('involution');
    const cell = button(`${classes[2]} taken for ${classes[3]}: ${confusion[2]![3]}`);
    await button(`${classes[2]} taken for ${classes[2]}: ${confusion[2]![2]}`).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await cell.getAttribute('aria-pressed')).toBe('true');
    const wanted = [...labels.keys()].filter((i) => labels[i] === 2 && predicted[i] === 3).slice(0, 48);
    await expect.poll(async () => (await calls('validationImages')).at(-1)).toEqual(['cifar10-1', wanted]);
    await page.getByRole('heading', { name: `${classes[2]} taken for ${classes[3]}` }).waitFor();
  });

  it('can be cancelled and started again', async () => {
    await open('lab: evaluation-working');
    await button('Cancel').waitFor();
    await tell('progress', 'evaluation', { message: 'Evaluating 1 200 of 2 000 images', fraction: 0.6 });
    await page.getByText('Evaluating 1 200 of 2 000 images').waitFor();
    await button('Cancel').click();
    expect(await calls('cancel')).toEqual([['evaluation']]);
    await button('Start Again').click();
    await expect.poll(async () => (await calls('evaluation')).length).toBe(2);
  });
});

describe('what is too much for a panel, or not there', () => {
  it('is stated where runs are chosen: 50 are compared, the newest are listed', async () => {
    await open('lab: charts-many');
    await button('Compare…').click();
    await page.getByText('A panel compares 50 runs at most.').waitFor();
    await page.getByText(/^19000 older runs are not listed here/).waitFor();
    const boxes = page.locator('.run-choice vscode-checkbox');
    expect(await boxes.count()).toBe(51);
    expect(await boxes.nth(50).getAttribute('aria-disabled')).toBe('true');
    expect(await boxes.nth(0).getAttribute('aria-disabled')).not.toBe('true');
  });

  it('is left out, with words, when more images are picked', async () => {
    await open('lab: kernels-full');
    await page.locator('.tile').nth(1).waitFor();
    await button('Images…').click();
    await page
      .getByText('A panel shows 1000 images at most: the last 2 that were picked are left out.')
      .waitFor();
    const [subject] = (await calls('remember')).at(-1) as [{ images: string[] }];
    expect(subject.images).toHaveLength(1000);
    expect(subject.images[999]).toBe('/ws/images/dog_01.png');
  });

  it('is an error in words, never a blank panel, when the host refuses it', async () => {
    await open('lab: charts-refusing');
    await page.locator('.chart, canvas').first().waitFor();
    await button('Compare…').click();
    await page.locator('.run-choice vscode-checkbox').nth(1).click();
    await page.locator('header [role=alert]', { hasText: 'events.jsonl, line 1204' }).waitFor();
    expect(await page.locator('canvas').count()).toBeGreaterThan(0);
  });

  it('is named when the run is gone', async () => {
    await open('lab: charts-gone');
    await page
      .getByText('cifar10-1 is not there any more: the folder of the run was deleted or moved.')
      .waitFor();
  });

  it('says who trains a run that this window does not', async () => {
    await open('lab: charts-elsewhere');
    await page
      .locator('header', { hasText: 'training in another window or a terminal: process 4711 on node-7' })
      .waitFor();
    expect(await button('Resume').count()).toBe(0);
  });
});

describe('every section', () => {
  it('says what failed, why, and offers to try again', async () => {
    await open('lab: charts-failed');
    await page.getByText("Couldn't read the run's event log.").waitFor();
    await page.getByText('events.jsonl, line 1204').waitFor();
    await button('Show Log').click();
    expect(await calls('showLog')).toHaveLength(1);
    const before = (await calls('series')).length;
    await button('Retry').click();
    await expect.poll(async () => (await calls('series')).length).toBeGreaterThan(before);
  });

  it.each([
    ['data-changed', 'dataPreview', 'Choose Folder…', 'chooseDataFolder'],
    ['evaluation-changed', 'evaluation', 'Use Anyway', 'useDataAnyway'],
  ])(
    'offers the ways on where data was refused, and says what has changed: %s',
    async (story, ask, way, call) => {
      await open(`lab: ${story}`);
      await page.getByText('The data of the run cifar10-1 has changed since it began').waitFor();
      expect(await button(/^(Choose Folder…|Use Anyway)$/).count()).toBe(2);
      await button(way).click();
      await page.getByText('These are not the images that the run was validated with').waitFor();
      expect(await calls(call)).toEqual([['cifar10-1']]);
      expect(await calls(ask)).toHaveLength(2);
      expect(await button(/^(Choose Folder…|Use Anyway)$/).count()).toBe(0);
    },
  );

  it('draws the kernels of all validation images once their data is accepted', async () => {
    await open('lab: kernels-bare-changed');
    await button('Use Anyway').first().click();
    await page.locator('.tile').nth(15).waitFor();
    expect(await page.locator('.badge', { hasText: 'the data has changed' }).count()).toBe(4);
    expect(await calls('useDataAnyway')).toHaveLength(1);
  });

  it('follows the colour theme', async () => {
    await open('lab: kernels');
    await page.locator('.tile').nth(1).waitFor();
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-foreground', 'rgb(1, 2, 3)');
      document.documentElement.style.setProperty('--vscode-contrastBorder', 'rgb(4, 5, 6)');
      document.body.className = 'vscode-high-contrast';
    });
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(1, 2, 3)');
    const outline = await page
      .locator('.pixels')
      .first()
      .evaluate((e) => getComputedStyle(e).outlineColor);
    expect(outline).toBe('rgb(4, 5, 6)');
  });

  it('speaks Chinese', async () => {
    await open('lab: charts', { language: 'zh-cn' });
    await page.getByRole('tab', { name: '图表' }).waitFor();
    await page.getByText('损失').first().waitFor();
  });
});
