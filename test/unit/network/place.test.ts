import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/core/data/dataset';
import { footprint } from '../../../src/core/network/footprint';
import type { LayerSpecInput } from '../../../src/core/network/network';
import { NetworkError, problemText } from '../../../src/core/network/networkError';
import { parseNetwork } from '../../../src/core/network/parse';
import { allLayers, placeLayers } from '../../../src/core/network/place';

const place = (layers: LayerSpecInput[], inputShape: ImageShape = [32, 32, 3]) =>
  placeLayers(parseNetwork({ name: 'test', layers }), inputShape, 10);
const head = [{ kind: 'global-average-pool' }, { kind: 'dense', units: 'classes' }];
const convolution = (filters: number, fields = {}) => ({ kind: 'convolution', filters, ...fields });

function problems(layers: readonly unknown[], inputShape?: ImageShape): string[] {
  try {
    place(layers as LayerSpecInput[], inputShape);
  } catch (error) {
    if (error instanceof NetworkError) return error.problems.map(problemText);
    throw error;
  }
  return [];
}

describe('a network that fits', () => {
  it('has the shape, name and cost of each layer before it is built, those of branches too', () => {
    const layers = place([
      convolution(8, { strides: 2, padding: 'symmetric' }),
      {
        kind: 'residual',
        main: [convolution(4, { kernelSize: 1 }), { kind: 'batch-norm' }, convolution(8, { groups: 2 })],
        shortcut: [convolution(8, { kernelSize: 1, bias: false })],
      },
      ...head,
    ]);
    expect([...allLayers(layers)].map(({ path, name, output }) => [path, name, output.join('×')])).toEqual([
      ['layers[0]', 'conv2d', '16×16×8'],
      ['layers[1].main[0]', 'conv2d_1', '16×16×4'],
      ['layers[1].main[1]', 'batch_normalization', '16×16×4'],
      ['layers[1].main[2]', 'conv2d_2', '16×16×8'],
      ['layers[1].shortcut[0]', 'conv2d_3', '16×16×8'],
      ['layers[1]', 'add', '16×16×8'],
      ['layers[2]', 'global_average_pooling2d', '8'],
      ['layers[3]', 'dense', '10'],
    ]);
    const costs = [...allLayers(layers)].map(({ cost }) => [cost.parameters, cost.statistics, cost.macs]);
    expect(costs).toEqual([
      [27 * 8 + 8, 0, 256 * 27 * 8],
      [8 * 4 + 4, 0, 256 * 32],
      [8, 8, 0],
      [18 * 8 + 8, 0, 256 * 18 * 8],
      [64, 0, 256 * 64],
      [0, 0, 0],
      [0, 0, 0],
      [8 * 10 + 10, 0, 80],
    ]);
  });

  it('costs the sum of its layers', () => {
    const network = parseNetwork({
      name: 'test',
      layers: [{ kind: 'residual', main: [{ kind: 'batch-norm' }] }, ...head],
    });
    expect(footprint(network, [4, 4, 3], 10)).toEqual({
      parameters: 6 + 40,
      statistics: 6,
      macs: 30,
      activations: 48 + 48 + 3 + 10,
    });
  });

  it.each([
    ['same', 7, 3, 2, [4, 4]],
    ['same', 8, 2, 3, [3, 3]],
    ['symmetric', 8, 3, 2, [4, 4]],
    ['symmetric', 7, 5, 3, [3, 3]],
    ['valid', 8, 3, 2, [3, 3]],
    ['valid', 7, 7, 1, [1, 1]],
  ] as const)('%s: %d pixels, windows of %d, %d apart', (padding, side, kernelSize, strides, grid) => {
    const options = { padding, strides };
    const [layer] = place([convolution(5, { kernelSize, ...options }), ...head], [side, side, 3]);
    expect(layer!.output).toEqual([...grid, 5]);
    const [pool] = place([{ kind: 'max-pool', size: kernelSize, ...options }, ...head], [side, side, 3]);
    expect(pool!.output).toEqual([...grid, 3]);
  });
});

describe('a network that does not fit', () => {
  it('is told of by the path of the layer, the reason and what is allowed', () => {
    const main = [{ kind: 'batch-norm' }, { kind: 'involution', groups: 36 }];
    const before = Array.from({ length: 4 }, () => convolution(96));
    expect(problems([...before, { kind: 'residual', main }, ...head])).toEqual([
      "layers[4].main[1] (involution): groups must be a divisor of its input's 96 channels, but is 36",
    ]);
  });

  it('is told of whole: every layer that is at fault, each once', () => {
    expect(
      problems([
        convolution(6, { groups: 2 }),
        { kind: 'involution', groups: 4, generator: { kind: 'bottleneck', reductionRatio: 8 } },
        {
          kind: 'residual',
          main: [convolution(8, { strides: 2 }), { kind: 'max-pool', size: 20 }],
          shortcut: [{ kind: 'involution', kernelSize: 4, padding: 'symmetric' }],
        },
        { kind: 'dense', units: 5 },
        { kind: 'dense', units: 7 },
      ]),
    ).toEqual([
      "layers[0] (convolution): groups must be a divisor of its input's 3 channels, but is 2",
      "layers[1] (involution): groups must be a divisor of its input's 6 channels, but is 4",
      'layers[1] (involution): generator.reductionRatio must be at most the 6 channels, but is 8',
      'layers[2].main[1] (max-pool): size must be at most 16, the shorter side of its input, with padding "valid", but is 20',
      'layers[2].shortcut[0] (involution): kernelSize must be odd with padding "symmetric", but is 4',
      'layers[2] (residual): main and shortcut must give the same shape, but give 1×1×8 and 32×32×6: a convolution in the shortcut can match strides and channels',
      'layers[3] (dense): needs a row of values, but gets an image of 1×1×8: put flatten or a global pool before it',
      'layers[4] (dense): the last layer must give one logit for each of the 10 classes, but gives 7',
    ]);
  });

  it('is not guessed about where nothing can be told', () => {
    expect(problems([{ kind: 'flatten' }, convolution(3), { kind: 'max-pool', size: 50 }, ...head])).toEqual([
      'layers[1] (convolution): needs an image, [height, width, channels], but gets 3072 values: put it before flatten, dense and global pools',
    ]);
  });

  it('has a name twice', () => {
    const named = (name: string) => ({ kind: 'activation', name });
    expect(
      problems([
        named('a'),
        { kind: 'residual', main: [named('b'), named('a')] },
        named('input_layer'),
        { kind: 'flatten' },
        { kind: 'dense', name: 'b', units: 'classes' },
      ]),
    ).toEqual([
      'layers[1].main[1] (activation): name must be its own, but "a" is that of layers[0]',
      'layers[2] (activation): name must be its own, but "input_layer" is that of the input',
      'layers[4] (dense): name must be its own, but "b" is that of layers[1].main[0]',
    ]);
  });

  it('gives no layer the name that another has of its own', () => {
    const names = place([{ kind: 'activation' }, { kind: 'activation', name: 're_lu' }, ...head]);
    expect(names.map(({ name }) => name).slice(0, 2)).toEqual(['re_lu_1', 're_lu']);
  });
});

describe('a value that is no network', () => {
  it('is told of by path, kind and field, with what was probably meant', () => {
    expect(
      problems([
        { kind: 'involutoin' },
        { kind: 'convolution', filter: 3, stride: 2, filters: 0 },
        {
          kind: 'residual',
          main: [
            {
              kind: 'involution',
              kernel_size: 3,
              generator: { kind: 'bottleneck', ratio: 2, epsilon: -1 },
            },
            { kind: 'involution', generator: { kind: 'atention' } },
          ],
          shortcuts: [],
        },
        { kind: 'convolution', groups: 'channel' },
        { kind: 'pooling' },
        7,
      ]),
    ).toEqual([
      'layers[0]: there is no kind "involutoin" (did you mean "involution"?)',
      'layers[1] (convolution): filters must be an integer from 1 to 16384, but is 0',
      'layers[1] (convolution): there is no field "filter" (did you mean "filters"?)',
      'layers[1] (convolution): there is no field "stride" (did you mean "strides"?)',
      'layers[2].main[0] (involution): generator.epsilon must be a finite number above 0, but is -1',
      'layers[2].main[0] (involution): there is no field "generator.ratio" (did you mean "reductionRatio"?)',
      'layers[2].main[0] (involution): there is no field "kernel_size" (did you mean "kernelSize"?)',
      'layers[2].main[1] (involution): there is no generator.kind "atention" (did you mean "attention"?)',
      'layers[2] (residual): there is no field "shortcuts" (did you mean "shortcut"?)',
      'layers[3] (convolution): filters is missing',
      'layers[3] (convolution): groups must be an integer from 1 to 16384 or "channels", but is "channel"',
      'layers[4]: there is no kind "pooling"; there are convolution, involution, batch-norm, activation, max-pool, average-pool, global-average-pool, flatten, dense, dropout, residual',
      'layers[5]: it must be an object, but is 7',
    ]);
  });

  it.each([
    [null, 'The network "" can\'t be built: it must be an object, but is null'],
    [{ layers: [{ kind: 'flatten' }] }, 'name is missing'],
    [{ name: 'x', layers: [] }, 'layers must be a list of at least one layer, but is []'],
  ])('%j', (value, message) => {
    expect(() => parseNetwork(value)).toThrow(message);
  });
});
