import { memory, randomUniform, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Involution } from '../../../src/core/involution/layer';
import { kernelAt } from '../../../src/core/kernels/kernelDetail';
import type { Activation } from '../../../src/core/kernels/kernelLayer';
import { kernelMap, statisticMap } from '../../../src/core/kernels/kernelMap';
import { statisticNames } from '../../../src/core/kernels/statistics';
import { tracedStatistic, traceInvolutions } from '../../../src/core/kernels/trace';
import { buildNetwork } from '../../../src/core/network/build';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

const cases: [string, Record<string, unknown>, number][] = [
  ['rednet', { width: 0.25, stem: 'cifar', kernelSize: 3 }, 7 + 1],
  ['rednet', { width: 0.125 }, 8 + 1],
  ['drin', { width: 16, innerWidth: 8, groups: 2 }, 3],
  ['attention', { width: 4, groups: 2 }, 3],
  ['static', { width: 4, groups: 4 }, 3],
  ['involution', { width: 8, generator: 'linear', kernelSize: 5 }, 3],
];

function network(preset: string, parameters: Record<string, unknown>): LayersModel {
  const net = buildNetwork(presetNetwork(preset, parameters), { inputShape: [32, 32, 3] });
  for (const layer of net.layers)
    layer.setWeights(
      layer.weights.map(({ shape }, i) => randomUniform(shape as number[], 0.01, 0.1, 'float32', i + 3)),
    );
  return net;
}

function picture(height: number, width: number): Activation {
  const values = tidy(() => randomUniform([height, width, 3], 0, 1, 'float32', 5).dataSync());
  return { height, width, channels: 3, values: values as Float32Array };
}

/** What the network itself gives as inputs, outputs and kernels of its involutions. */
function asked(net: LayersModel, { height, width, values }: Activation) {
  const involutions = net.layers.filter((layer) => layer instanceof Involution);
  const outputs = involutions.flatMap((layer) => {
    const node = layer.inboundNodes[0]!;
    return [node.inputTensors[0]!, ...node.outputTensors];
  });
  return tidy(() => {
    const all = model({ inputs: net.inputs, outputs }).predict(
      tensor4d(values, [1, height, width, 3]),
    ) as Tensor[];
    return involutions.map(({ name }, i) => {
      const [input, output, kernel] = all
        .slice(3 * i, 3 * i + 3)
        .map((each) => ({ shape: each.shape, values: each.dataSync() as Float32Array }));
      return { name, input: input!, output: output!, kernel: kernel! };
    });
  });
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst / scale).toBeLessThan(1e-5);
}

describe.each(cases)('tracing an image through %s %j', (preset, parameters, count) => {
  it('gives every involution with its input and any statistic of its kernels', async () => {
    const net = network(preset, parameters);
    const image = picture(32, 32);
    const before = memory().numTensors;
    const fractions: number[] = [];
    const traced = await traceInvolutions(net, image, { onProgress: (f) => fractions.push(f) });
    expect(memory().numTensors).toBe(before);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);

    const expected = asked(net, image);
    expect(traced.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort());
    expect(traced.length).toBe(count);
    for (const layer of traced) {
      const { input, output, kernel } = expected.find(({ name }) => name === layer.name)!;
      expect([1, layer.input.height, layer.input.width, layer.input.channels]).toEqual(input.shape);
      expect([1, layer.height, layer.width, layer.channels]).toEqual(output.shape);
      expectClose(layer.input.values, input.values);
      for (const group of ['all', layer.groups - 1] as const)
        for (const statistic of statisticNames) {
          const values = await tracedStatistic(net, layer, statistic);
          const map = statisticMap(values, layer, statistic, group);
          expectClose(map.values, kernelMap(kernel.values, layer, group, statistic).values);
        }
    }
  });

  it('explains an output pixel as the sum that it is', async () => {
    const net = network(preset, parameters);
    const image = picture(32, 32);
    const expected = asked(net, image);
    for (const layer of await traceInvolutions(net, image)) {
      const { kernel, output } = expected.find(({ name }) => name === layer.name)!;
      const { channels } = layer;
      const weights = layer.kernelSize ** 2 * layer.groups;
      for (const [row, column] of [
        [0, layer.width - 1],
        [layer.height - 1, layer.width >> 1],
      ] as const) {
        const position = row * layer.width + column;
        const detail = await kernelAt(net, layer, row, column);
        expectClose(detail.kernel, kernel.values.subarray(position * weights, (position + 1) * weights));
        const sums = Float32Array.from({ length: channels }, (_, c) =>
          Array.from({ length: layer.kernelSize ** 2 }, (_, k) => k).reduce(
            (sum, k) =>
              sum +
              detail.kernel[k * layer.groups + detail.groupOf[c]!]! * detail.neighbourhood[k * channels + c]!,
            0,
          ),
        );
        expectClose(detail.sums, sums);
        expectClose(detail.output, output.values.subarray(position * channels, (position + 1) * channels));
        const size = Math.max(...sums.map(Math.abs));
        const isProjected = detail.output.some((value, c) => Math.abs(value - sums[c]!) > 1e-3 * size);
        expect(isProjected).toBe(layer.projects.output);
        expect(layer.projects).toEqual(
          preset === 'attention' ? { value: true, output: true } : { value: false, output: false },
        );
      }
    }
  });
});

describe('an image of another size than the network’s', () => {
  it('is traced where every layer can', async () => {
    const traced = await traceInvolutions(
      network('drin', { width: 8, innerWidth: 4, groups: 1 }),
      picture(19, 45),
    );
    expect(traced.map(({ height, width }) => [height, width])).toEqual([
      [19, 45],
      [19, 45],
      [19, 45],
    ]);
  });

  it('is refused with the reason and the way out where a layer can’t', async () => {
    const net = network('attention', { width: 4 });
    await expect(traceInvolutions(net, picture(3, 9))).rejects.toThrow(
      'The kernels of "attention_model" can\'t be shown for an image of 9×3 pixels: nothing would be left of it after the layer "max_pooling2d_1". Show it at the network\'s own size, 32×32 pixels.',
    );
  });

  it('is refused where it would take too much memory', async () => {
    const net = network('rednet', { width: 0.125 });
    const image = { height: 20_000, width: 20_000, channels: 3, values: new Float32Array() };
    await expect(traceInvolutions(net, image)).rejects.toThrow(
      /the layer "\w+" alone would take \d+\.\d GB, and at most 1 GB/,
    );
  });
});
