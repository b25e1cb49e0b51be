import { resolve } from 'node:path';
import { Command, type Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { specOfData } from '../../src/cli/dataOptions';
import { duration, grouped, measure } from '../../src/cli/format';
import { checkpointOption, dataSource, decimal, integer, schedule } from '../../src/cli/options';
import { runModelsOption } from '../../src/cli/runOptions';
import { table } from '../../src/cli/table';
import { UsageError } from '../../src/core/usageError';

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

describe('what is said of a data set', () => {
  const folder = { kind: 'folder', path: '/pets' } as const;

  it('is part of its spec', () => {
    expect(specOfData(folder, { imageSize: 64, validationSplit: 0.1 })).toEqual({
      ...folder,
      imageSize: 64,
      validationSplit: 0.1,
    });
    expect(specOfData({ kind: 'shapes' }, { trainCount: 50 })).toEqual({ kind: 'shapes', trainCount: 50 });
    expect(specOfData({ kind: 'cifar10' }, {})).toEqual({ kind: 'cifar10' });
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
    expect(() => specOfData(source, said)).toThrow(UsageError);
    expect(() => specOfData(source, said)).toThrow(message);
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
