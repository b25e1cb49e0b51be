import { describe, expect, it } from 'vitest';
import { presetNetwork, presets } from '../../../src/core/network/presets/presets';
import { analyzeNetwork, type NetworkUse } from '../../../src/core/networkFile/analysis';
import { networkText } from '../../../src/core/networkFile/networkText';
import { textOf } from '../../../src/core/words';

const use: NetworkUse = { images: { shape: [32, 32, 3], classes: 10 }, batchSize: 256 };
const head = '{ "kind": "flatten" }, { "kind": "dense", "units": "classes" }';
const file = (...layers: string[]) => `{\n  "name": "test",\n  "layers": [\n${layers.join(',\n')}\n  ]\n}\n`;

/** What is marked, why, and what each fix makes of it. */
function problems(text: string, images = use.images, batchSize = use.batchSize) {
  return analyzeNetwork(text, { images, batchSize }).problems.map(({ range, words, fixes, severity }) => ({
    severity,
    marked: text.slice(range.offset, range.offset + range.length),
    line: text.slice(0, range.offset).split('\n').length,
    says: textOf(words),
    fixes: fixes.map((fix) => fix.text),
  }));
}

describe('the problems of a network file', () => {
  it('are none in any preset', () => {
    for (const id of Object.keys(presets)) expect(problems(networkText(presetNetwork(id)))).toEqual([]);
  });

  it('mark the field, and offer the nearest values that would do', () => {
    const text = file(
      '    { "kind": "convolution", "filters": 96 }',
      '    {\n      "kind": "residual",\n      "main": [\n        { "kind": "involution", "groups": 36 }\n      ]\n    }',
      head,
    );
    expect(problems(text)).toEqual([
      {
        severity: 'error',
        marked: '36',
        line: 8,
        says: "groups must be a divisor of its input's 96 channels, but is 36",
        fixes: ['32', '48'],
      },
    ]);
  });

  it.each([
    [
      '{ "kind": "convolution", "filtres": 8, "filters": 8 }',
      '"filtres"',
      'there is no field "filtres" (did you mean "filters"?)',
      ['"filters"'],
    ],
    [
      '{ "kind": "convolutoin", "filters": 8 }',
      '"convolutoin"',
      'there is no kind "convolutoin" (did you mean "convolution"?)',
      ['"convolution"'],
    ],
    ['{ "kind": "flatten", "size": 8 }', '"size"', 'there is no field "size"; there are kind, name', []],
    ['{ "kind": "convolution" }', '"convolution"', 'filters is missing', []],
    [
      '{ "kind": "convolution", "filters": 0 }',
      '0',
      'filters must be an integer from 1 to 16384, but is 0',
      [],
    ],
    [
      '{ "kind": "involution", "generator": { "kind": "bottleneck", "reductionRatio": 8 } }',
      '8',
      'generator.reductionRatio must be at most the 3 channels, but is 8',
      ['3'],
    ],
    [
      '{ "kind": "involution", "kernelSize": 1, "generator": { "kind": "filter-norm" } }',
      '1',
      'kernelSize must be at least 2, as one weight has no deviation, but is 1',
      ['3'],
    ],
    [
      '{ "kind": "involution", "kernelSize": 4, "padding": "symmetric" }',
      '4',
      'kernelSize must be odd with padding "symmetric", but is 4',
      ['3', '5'],
    ],
    [
      '{ "kind": "convolution", "filters": 10, "groups": 3 }',
      '10',
      'filters must be a multiple of its 3 groups, but is 10',
      ['9', '12'],
    ],
    [
      '{ "kind": "max-pool", "size": 40 }',
      '40',
      'size must be at most 32, the shorter side of its input, with padding "valid", but is 40',
      ['32'],
    ],
    [
      '{ "kind": "dense", "units": 4 }',
      '"dense"',
      'needs a row of values, but gets an image of 32×32×3: put flatten or a global pool before it',
      [],
    ],
    ['{ "filters": 4 }', '{', /^kind is missing; there are convolution, involution, /, []],
    ['7', '7', 'it must be an object, but is 7', []],
  ] as [string, string, string | RegExp, string[]][])('%s', (layer, marked, says, fixes) => {
    const [problem] = problems(file(`    ${layer}`, `    ${head}`));
    expect(problem).toMatchObject({ severity: 'error', marked, line: 4, fixes });
    if (typeof says === 'string') expect(problem!.says).toBe(says);
    else expect(problem!.says).toMatch(says);
  });

  it('mark the number that should be one per class', () => {
    const text = file('    { "kind": "flatten" }', '    { "kind": "dense", "units": 7 }');
    expect(problems(text)).toEqual([
      {
        severity: 'error',
        marked: '7',
        line: 5,
        says: 'the last layer must give one logit for each of the 10 classes, but gives 7',
        fixes: ['"classes"'],
      },
    ]);
  });

  it('are found in a text that is not JSON yet', () => {
    const text = file('    { "kind": "involution", "groups": 2, "strides": }', `    ${head},`);
    expect(problems(text)).toEqual([
      {
        severity: 'error',
        marked: '2',
        line: 4,
        says: "groups must be a divisor of its input's 3 channels, but is 2",
        fixes: ['3', '1'].sort(),
      },
    ]);
    expect(problems('').map(({ says }) => says)).toEqual(['it must be an object, but is undefined']);
    expect(problems('{ "name"').map(({ says }) => says)).toEqual(['name is missing', 'layers is missing']);
  });

  it('are told of whole: what can be judged beside what can not', () => {
    const text = file(
      '    { "kind": "involution", "groups": 2 }',
      '    { "kind": "convolution", "filters": 8, "stride": 2 }',
      '    { "kind": "invo" }',
      `    ${head}`,
    );
    expect(problems(text).map(({ line, marked }) => [line, marked])).toEqual([
      [5, '"stride"'],
      [6, '"invo"'],
      [4, '2'],
    ]);
  });

  it('warn of activations that take a gigabyte or more', () => {
    const text = file('    { "kind": "convolution", "filters": 1024 }', `    ${head}`);
    expect(problems(text)).toEqual([
      {
        severity: 'warning',
        marked: '"convolution"',
        line: 4,
        says: "this layer's activations take 1.00 GB at batch size 256",
        fixes: [],
      },
    ]);
    expect(problems(text, use.images, 255)).toEqual([]);
  });

  it('warn of a network whose layers are heavy together, once, where its layers begin', () => {
    const wide = '{ "kind": "convolution", "filters": 820 }';
    const text = file(...Array(5).fill(wide), head);
    expect(problems(text)).toEqual([
      {
        severity: 'warning',
        marked: '"layers"',
        line: 3,
        says: 'the activations of this network take 4.00 GB at batch size 256',
        fixes: [],
      },
    ]);
    expect(problems(text, use.images, 255)).toEqual([]);
  });
});

describe('the layers of a network file', () => {
  const layersOf = (text: string) =>
    analyzeNetwork(text, use).layers.map(({ placed, hint }) => [
      text.slice(0, hint).split('\n').at(-1)!.trim(),
      placed.output.join('×'),
      placed.cost.parameters,
    ]);

  it('are told of behind their lines, or behind their kinds where they have several', () => {
    const text = file(
      '    { "kind": "convolution", "filters": 8 }',
      '    {\n      "kind": "residual",\n      "main": [{ "kind": "batch-norm" }]\n    }',
      '    { "kind": "flatten" }',
      '    { "kind": "dense", "units": "classes" }',
    );
    expect(layersOf(text)).toEqual([
      ['{ "kind": "convolution", "filters": 8 },', '32×32×8', 224],
      ['"main": [{ "kind": "batch-norm" }', '32×32×8', 16],
      ['"kind": "residual",', '32×32×8', 0],
      ['{ "kind": "flatten" },', '8192', 0],
      ['{ "kind": "dense", "units": "classes" }', '10', 81_930],
    ]);
    expect(analyzeNetwork(text, use).total).toMatchObject({ parameters: 224 + 16 + 81_930, statistics: 16 });
  });

  it('are those before the first that can not be read; a field that can not be is left to its default', () => {
    const text = file(
      '{ "kind": "convolution", "filters": 8, "strides": 99 }',
      '{ "kind": "convolution", "filters": 4, "strid": 2 }',
      '{ "kind": "nothing" }',
      head,
    );
    expect(layersOf(text).map(([, shape]) => shape)).toEqual(['32×32×8', '32×32×4']);
    expect(analyzeNetwork(text, use).total).toBeNull();
  });
});
