import { resolve } from 'node:path';
import { Command, type Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSpecOptions, type Said, specOfOptions, specOfVariant } from '../../../src/cli/fieldOptions';
import { duration, grouped, measure } from '../../../src/cli/format';
import {
  augmentation,
  checkpointOption,
  dataSource,
  decimal,
  integer,
  schedule,
} from '../../../src/cli/options';
import { runModelsOption } from '../../../src/cli/runOptions';
import { table } from '../../../src/cli/table';
import { UsageError } from '../../../src/core/usageError';

describe('the options of the command', () => {
  it('take numbers, and nothing that merely begins like one', () => {
    expect(integer('20')).toBe(20);
    expect(decimal('1e-3')).toBe(0.001);
    for (const text of ['', '2.5', '-1', '0x10', '12px'])
      expect(() => integer(text)).toThrow('It must be a whole number.');
    for (const text of ['', ' ', 'x', '1e', 'NaN', 'Infinity'])
      expect(() => decimal(text)).toThrow('It must be a number.');
  });

  it('take the built-in data by its name, and any other word as a folder', () => {
    expect(dataSource('shapes')).toEqual({ kind: 'shapes' });
    expect(dataSource('CIFAR-10')).toEqual({ kind: 'cifar10' });
    expect(dataSource('my photos')).toEqual({ kind: 'folder', path: resolve('my photos') });
    expect(() => dataSource('')).toThrow('It must not be empty.');
  });

  it('take a schedule with its numbers', () => {
    expect(schedule('constant')).toEqual({ kind: 'constant' });
    expect(schedule('cosine')).toEqual({ kind: 'cosine', finalFraction: undefined });
    expect(schedule('cosine:0.1')).toEqual({ kind: 'cosine', finalFraction: 0.1 });
    expect(schedule('step:5:0.5')).toEqual({ kind: 'step', every: 5, factor: 0.5 });
    for (const text of ['constant:1', 'cosine:1:2', 'linear', ''])
      expect(() => schedule(text)).toThrow('It must be constant, cosine[:FINAL] or step[:EVERY[:FACTOR]].');
  });

  const parser =
    (option: Option) =>
    (...words: string[]) =>
      new Command()
        .exitOverride()
        .configureOutput({ writeErr: () => {} })
        .addOption(option)
        .parse(words, { from: 'user' })
        .opts();

  it('take a checkpoint by its epoch or by what distinguishes it', () => {
    const parse = parser(checkpointOption());
    expect(parse()).toEqual({ checkpoint: 'last' });
    expect(parse('--checkpoint', 'best')).toEqual({ checkpoint: 'best' });
    expect(parse('--checkpoint', '12')).toEqual({ checkpoint: 12 });
    for (const text of ['newest', '-1', '1.5', ''])
      expect(() => parse(`--checkpoint=${text}`)).toThrow('It must be last, best or the number of an epoch.');
  });

  it('take several models of a run', () => {
    const parse = parser(runModelsOption());
    expect(parse()).toEqual({});
    expect(parse('--model', 'involution-2', '--model', 'involution')).toEqual({
      model: ['involution-2', 'involution'],
    });
  });
});

describe('the options of a training', () => {
  const help = () => addSpecOptions(new Command('train'), {}).helpInformation();
  const said = (...words: string[]): Said =>
    addSpecOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }), {
      augmentation: { words: '', parse: augmentation },
    })
      .parse(words, { from: 'user' })
      .opts();
  const specOf = (...words: string[]) => specOfOptions(said(...words));

  it('leave out what nothing was said of', () => {
    expect(specOf()).toEqual({ data: { kind: 'shapes' }, optimizer: { kind: 'adam' } });
  });

  it('have their help and their defaults from the schema', () => {
    const words = help().replaceAll(/\s+/g, ' ');
    expect(words).toContain('--batch-size <images> images per step (default: 256) ');
    expect(words).toContain('--clip-norm <norm> scales gradients down to this global norm --label');
    expect(words).toMatch(/--weight-decay <rate> [^(]*\(default: adamw 0\.004, sgd 0\) /);
    expect(words.match(/--weight-decay/g)).toHaveLength(1);
  });

  it('are parts of the spec, by the names that it has for them', () => {
    expect(
      specOf(
        ...'--optimizer sgd --momentum 0.8 --nesterov --weight-decay 1e-3 --learning-rate 0.1'.split(' '),
        ...'--warmup 2.5 --label-smoothing 0.1 --early-stopping 3 --augment flip,crop'.split(' '),
      ),
    ).toEqual({
      data: { kind: 'shapes' },
      optimizer: { kind: 'sgd', momentum: 0.8, nesterov: true, weightDecay: 1e-3 },
      learningRate: 0.1,
      warmupEpochs: 2.5,
      labelSmoothing: 0.1,
      earlyStoppingPatience: 3,
      augmentation: { flip: true, crop: 4 },
    });
    expect(specOf('--optimizer', 'adamw', '--weight-decay', '0.01')).toMatchObject({
      optimizer: { kind: 'adamw', weightDecay: 0.01 },
    });
  });

  it.each([
    [['--momentum', '0.9'], '--momentum is for SGD; the optimizer here is Adam. Leave it out.'],
    [['--optimizer', 'adamw', '--nesterov'], '--nesterov is for SGD; the optimizer here is AdamW.'],
    [['--weight-decay', '0.1'], '--weight-decay is for AdamW or SGD; the optimizer here is Adam.'],
  ])('are refused where they would be ignored: %j', (words, message) => {
    expect(() => specOf(...words)).toThrow(UsageError);
    expect(() => specOf(...words)).toThrow(message);
  });

  it('take an optimizer by its name only', () => {
    expect(() => said('--optimizer', 'lion')).toThrow('Allowed choices are adam, adamw, sgd.');
  });

  it('take an augmentation with its padding', () => {
    expect(augmentation('flip')).toEqual({ flip: true });
    expect(augmentation('crop')).toEqual({ crop: 4 });
    expect(augmentation('crop:8,flip')).toEqual({ crop: 8, flip: true });
    for (const text of ['', 'flip,', 'crop:', 'crop:-1', 'mirror'])
      expect(() => augmentation(text)).toThrow('It must be flip, crop[:PADDING], or both: flip,crop.');
  });
});

describe('what is said of a data set', () => {
  const folder = { kind: 'folder', path: '/pets' } as const;

  it('is part of its spec', () => {
    expect(specOfVariant('data', folder, { imageSize: 64, validationSplit: 0.1 })).toEqual({
      ...folder,
      imageSize: 64,
      validationSplit: 0.1,
    });
    expect(specOfVariant('data', { kind: 'shapes' }, { trainCount: 50 })).toEqual({
      kind: 'shapes',
      trainCount: 50,
    });
    expect(specOfVariant('data', { kind: 'cifar10' }, {})).toEqual({ kind: 'cifar10' });
  });

  it.each([
    [
      'shapes',
      { imageSize: 64 },
      '--image-size is for an image folder; the data here is the built-in shapes.',
    ],
    ['shapes', { validationSplit: 0.5 }, '--validation-split is for an image folder;'],
    ['cifar10', { trainCount: 50 }, '--train-count is for the built-in shapes; the data here is CIFAR-10.'],
    ['cifar10', { imageSize: 32 }, '--image-size is for an image folder; the data here is CIFAR-10.'],
    [
      'folder',
      { validationCount: 5 },
      '--validation-count is for the built-in shapes; the data here is an image folder.',
    ],
  ] as const)('is refused where it would be ignored: of %s, %j', (kind, said, message) => {
    const source = kind === 'folder' ? folder : { kind };
    expect(() => specOfVariant('data', source, said)).toThrow(UsageError);
    expect(() => specOfVariant('data', source, said)).toThrow(message);
  });
});

describe('what the command prints', () => {
  it('durations as people say them', () => {
    expect([0, 8.25, 59.96, 65, 3599.6, 3725].map(duration)).toEqual([
      '0.0 s',
      '8.3 s',
      '60.0 s',
      '1:05 min',
      '1:00:00 h',
      '1:02:05 h',
    ]);
  });

  it('measures and counts', () => {
    expect([0.46234, 1, null, undefined].map(measure)).toEqual(['0.4623', '1.0000', '–', '–']);
    expect(grouped(319178)).toBe('319,178');
  });

  it('tables with columns as wide as they need to be', () => {
    const columns = [{ title: 'Model' }, { title: 'MACs', align: 'right' as const }];
    expect(
      table(columns, [
        ['involution', '7'],
        ['b', '12,345'],
      ]),
    ).toBe(['Model         MACs', 'involution       7', 'b           12,345'].join('\n'));
    expect(table(columns, [])).toBe('Model  MACs');
  });
});
