import { describe, expect, it } from 'vitest';
import chinese from '../../media/l10n/bundle.l10n.zh-cn.json' with { type: 'json' };
import { missingGlyphs } from './glyphs';
import { button, calls, open, overflow, page, plain, tell } from './stage';

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
    expect(await calls('rememberUnfolded')).toEqual([[true]]);
    // To unfold is to answer nothing.
    expect(await calls('rememberForm')).toEqual([]);
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
    expect((await calls('rememberForm')).at(-1)).toEqual([spec]);
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
    expect(plain(await page.locator('.costs').nth(2).textContent())).toBe(
      '319.18 K params\u00a0· 8.23 M MACs',
    );
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
    await button('Stop').waitFor();
    await tell('crashed', 'exit code 137\n[warn] heap 3.9 GB of 4 GB');
    await page.getByText('The training process died.').waitFor();
    expect(await page.locator('.interruption').textContent()).toContain('heap 3.9 GB of 4 GB');
    await button('Resume').click();
    expect(await calls('resumeRun')).toHaveLength(1);
  });
});
