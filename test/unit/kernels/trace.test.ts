import { memory, randomUniform, type Tensor, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Involution, type InvolutionArgs } from '../../../src/core/involution/layer';
import { kernelAt } from '../../../src/core/kernels/kernelDetail';
import type { Activation } from '../../../src/core/kernels/kernelLayer';
import { kernelMap, statisticMap } from '../../../src/core/kernels/kernelMap';
import { kernelRow } from '../../../src/core/kernels/kernelRow';
import { statisticNames } from '../../../src/core/kernels/statistics';
import { involutionStem } from '../../../src/core/kernels/stem';
import { tracedStatistic, traceInvolutions } from '../../../src/core/kernels/trace';
import { buildNetwork } from '../../../src/core/network/build';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

/** Involutions with these arguments, a ReLU and a pooling between each two. Weights and statistics are random. */
function network(channels: number, ...stages: InvolutionArgs[]) {
  const images = input({ shape: [null, null, channels] });
  let x: SymbolicTensor = images;
  for (const [index, args] of stages.entries()) {
    if (index > 0) {
      x = layers.reLU({ name: `relu_${index}` }).apply(x) as SymbolicTensor;
      x = layers.maxPooling2d({ poolSize: 2, name: `pool_${index}` }).apply(x) as SymbolicTensor;
    }
    const involution = new Involution({ ...args, seed: index + 1, name: `stage_${index + 1}` });
    x = (involution.apply(x) as SymbolicTensor[])[0]!;
    involution.setWeights(
      involution.getWeights().map((w) => randomUniform(w.shape, 0.1, 1, 'float32', index + 7)),
    );
  }
  return model({ inputs: images, outputs: x });
}

function picture(height: number, width: number, channels: number): Activation {
  const values = tidy(
    () => randomUniform([height, width, channels], 0, 1, 'float32', 5).dataSync() as Float32Array,
  );
  return { height, width, channels, values };
}

/** The straightforward way: the whole image through every layer, kernels and all. */
function wholeImage(net: ReturnType<typeof network>, { height, width, channels, values }: Activation) {
  return tidy(() => {
    let x: Tensor = tensor4d(values, [1, height, width, channels]);
    const seen: { shape: number[]; output: Float32Array; kernel: Float32Array; input: Tensor4D }[] = [];
    for (const layer of net.layers.slice(1)) {
      const before = x as Tensor4D;
      const result = layer.apply(x, { training: false }) as Tensor | Tensor[];
      if (!Array.isArray(result)) {
        x = result;
        continue;
      }
      const [output, kernel] = result as [Tensor, Tensor];
      seen.push({
        shape: output.shape,
        output: output.dataSync() as Float32Array,
        kernel: kernel.dataSync() as Float32Array,
        input: before,
      });
      x = output;
    }
    return seen.map(({ shape, output, kernel }) => ({ shape, output, kernel }));
  });
}

/** To float32 tolerance, relative to the size of the numbers. */
const isClose = (actual: number, expected: number) =>
  Math.abs(actual - expected) < 1e-5 * (1 + Math.abs(expected));
const closeTo = (actual: Float32Array, expected: Float32Array) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    if (!isClose(actual[i]!, expected[i]!)) expect(`[${i}] ${actual[i]}`).toBe(`[${i}] ${expected[i]}`);
};

const cases: [string, number, [number, number], InvolutionArgs[]][] = [
  [
    'the example',
    3,
    [16, 12],
    [
      { channels: 3, reductionRatio: 2 },
      { channels: 3, reductionRatio: 2 },
    ],
  ],
  [
    'odd sizes, groups',
    4,
    [21, 19],
    [
      { groups: 2, kernelSize: 5 },
      { groups: 4, kernelSize: 3 },
    ],
  ],
  [
    'contiguous groups',
    6,
    [13, 17],
    [
      { groups: 3, groupLayout: 'contiguous' },
      { groups: 2, kernelSize: 2 },
    ],
  ],
  [
    'strides',
    3,
    [23, 22],
    [
      { strides: 2, kernelSize: 3 },
      { strides: 1, kernelSize: 4 },
    ],
  ],
  ['strides of three, even kernels', 2, [31, 29], [{ strides: 3, kernelSize: 4, groups: 2 }]],
];

describe.each(cases)('tracing an image through %s', (_, channels, [height, width], stages) => {
  it.each([1, 3000, 10_000_000])(
    'gives the map of the whole image, with strips of %i bytes',
    async (stripBytes) => {
      const net = network(channels, ...stages);
      const image = picture(height, width, channels);
      const traced = await traceInvolutions(net, image, { stripBytes });
      const whole = wholeImage(net, image);
      expect(traced.map(({ name }) => name)).toEqual(stages.map((_, i) => `stage_${i + 1}`));
      for (const [index, layer] of traced.entries()) {
        const { shape, kernel } = whole[index]!;
        expect([1, layer.height, layer.width, layer.channels]).toEqual(shape);
        for (const group of ['all', ...Array.from({ length: layer.groups }, (_, g) => g)] as const) {
          for (const statistic of statisticNames) {
            const expected = kernelMap(kernel, layer, group, statistic);
            const values = await tracedStatistic(net, layer, statistic, { stripBytes });
            const map = statisticMap(values, layer, statistic, group);
            closeTo(map.values, expected.values);
            expect(isClose(map.minimum, expected.minimum) && isClose(map.maximum, expected.maximum)).toBe(
              true,
            );
          }
        }
      }
    },
  );

  it('explains every output pixel as the sum that it is', async () => {
    const net = network(channels, ...stages);
    const image = picture(height, width, channels);
    const traced = await traceInvolutions(net, image);
    const whole = wholeImage(net, image);
    const before = memory().numTensors;
    for (const [index, layer] of traced.entries()) {
      const weights = layer.kernelSize ** 2 * layer.groups;
      for (const [row, column] of [
        [0, 0],
        [0, layer.width - 1],
        [layer.height >> 1, layer.width >> 1],
        [layer.height - 1, 1],
        [layer.height - 1, layer.width - 1],
      ] as const) {
        const detail = await kernelAt(net, layer, row, column);
        const position = row * layer.width + column;
        closeTo(detail.output, whole[index]!.output.subarray(position * channels, (position + 1) * channels));
        closeTo(detail.kernel, whole[index]!.kernel.subarray(position * weights, (position + 1) * weights));
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = 0; k < layer.kernelSize ** 2; k++)
            sum +=
              detail.kernel[k * layer.groups + detail.groupOf[c]!]! * detail.neighbourhood[k * channels + c]!;
          expect(isClose(sum, detail.output[c]!)).toBe(true);
        }
      }
    }
    expect(memory().numTensors).toBe(before);
  });
});

describe('tracing', () => {
  it('explains a pixel stage by stage, and a row of kernels is what its positions have', async () => {
    const net = buildNetwork(
      parseNetwork({
        name: 'strided',
        layers: [
          { kind: 'involution', strides: 2, groups: 3, kernelSize: 5 },
          { kind: 'flatten' },
          { kind: 'dense', units: 'classes' },
        ],
      }),
      { inputShape: [11, 8, 3], classes: 2, seed: 4 },
    );
    const [layer] = await traceInvolutions(net, picture(11, 8, 3));
    const before = memory().numTensors;
    const row = await kernelRow(net, layer!, 4);
    const weights = 25 * 3;
    expect(row).toHaveLength(layer!.width * weights);
    for (let column = 0; column < layer!.width; column++) {
      const { kernel, stages } = await kernelAt(net, layer!, 4, column);
      closeTo(row.subarray(column * weights, (column + 1) * weights), kernel);
      const { normalized, rectified } = Object.fromEntries(stages.map((each) => [each.name, each.values]));
      expect([...rectified!]).toEqual([...normalized!].map((value) => Math.max(0, value)));
    }
    expect(memory().numTensors).toBe(before);
    await expect(kernelRow(net, layer!, 6)).rejects.toThrow('has 6 rows; there is no row 6.');
  });

  it('leaves no tensors behind, and reports its progress', async () => {
    const net = buildNetwork(presetNetwork('involution'), { seed: 3 });
    const before = memory().numTensors;
    const fractions: number[] = [];
    await traceInvolutions(net, picture(40, 40, 3), {
      stripBytes: 4000,
      onProgress: (f) => fractions.push(f),
    });
    expect(memory().numTensors).toBe(before);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThan(10);
  });

  it('can be cancelled between two strips', async () => {
    const abort = new AbortController();
    const tracing = traceInvolutions(buildNetwork(presetNetwork('involution')), picture(64, 64, 3), {
      signal: abort.signal,
      stripBytes: 4000,
      onProgress: (fraction) => fraction > 0.3 && abort.abort(),
    });
    await expect(tracing).rejects.toThrow(/abort/i);
  });

  it('finds the three stages of the example, and refuses what is none', () => {
    const stem = involutionStem(buildNetwork(presetNetwork('involution')));
    expect(stem.map(({ involution, shrinkage }) => [involution.name, shrinkage])).toEqual([
      ['inv_1', 2],
      ['inv_2', 2],
      ['inv_3', 1],
    ]);
    expect(() => involutionStem(buildNetwork(presetNetwork('convolution')))).toThrow(
      'The network "sequential" has no involution, so it has no kernels to show.',
    );
  });

  it('says which positions there are, and how small an image may be', async () => {
    const net = buildNetwork(presetNetwork('involution'));
    const [first] = await traceInvolutions(net, picture(8, 8, 3));
    await expect(kernelAt(net, first!, 8, 0)).rejects.toThrow(
      'inv_1 has 8 × 8 positions; there is none at (8, 0).',
    );
    await expect(traceInvolutions(net, picture(9, 3, 3))).rejects.toThrow(
      'The image is 3×9 pixels; this network needs 4×4 at least.',
    );
  });
});
