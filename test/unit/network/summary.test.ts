import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Involution } from '../../../src/core/involution/layer';
import { buildNetwork } from '../../../src/core/network/build';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { summarize } from '../../../src/core/network/summary';
import { readableSize, summaryTable } from '../../../src/core/network/summaryTable';
import { summaryText } from '../../golden/fixtures';

const networks = [
  ['inv_model', buildNetwork(presetNetwork('involution'))],
  ['sequential', buildNetwork(presetNetwork('convolution'))],
] as const;

describe.each(networks)('the summary of %s', (name, network) => {
  const summary = summarize(network);

  it('is what Keras prints', () => {
    expect(summaryTable(summary, { costs: false })).toBe(summaryText(name));
  });

  it("has Keras's columns unchanged when it tells the costs too", () => {
    const kerasWidth = 76;
    const withCosts = summaryTable(summary, { costs: true }).split('\n');
    const kerasLines = summaryText(name).split('\n');
    const columns = (line: string) => line.slice(0, kerasWidth - 1);
    expect(withCosts.map(columns)).toEqual(kerasLines.map(columns));
    expect(withCosts[2]).toMatch(/┃ +MACs ┃ +Activations ┃$/);
  });
});

describe('a summary', () => {
  it("has Keras's totals", () => {
    expect(networks.map(([, network]) => summarize(network).totals)).toEqual([
      { total: 39_230, trainable: 13_074, nonTrainable: 6, optimizer: 26_150 },
      { total: 957_536, trainable: 319_178, nonTrainable: 0, optimizer: 638_358 },
    ]);
  });

  it('tells each layer’s shapes and costs', () => {
    const rows = summarize(buildNetwork(presetNetwork('involution'))).layers;
    expect(rows[1]).toEqual({
      name: 'inv_1',
      type: 'Involution',
      outputShapes: [
        [null, 32, 32, 3],
        [null, 32, 32, 9, 1, 1],
      ],
      params: 26,
      // 1024 positions: 3 + 9 to generate, 9 · 3 to apply.
      macs: 1024 * (3 + 9 + 27),
      activationBytes: 4 * 1024 * (3 + 9),
    });
    expect(rows.find(({ name }) => name === 'dense')).toEqual({
      name: 'dense',
      type: 'Dense',
      outputShapes: [[null, 64]],
      params: 12_352,
      macs: 192 * 64,
      activationBytes: 256,
    });
    expect(summarize(buildNetwork(presetNetwork('convolution'))).layers.map(({ macs }) => macs)).toEqual([
      1024 * 27 * 32,
      0,
      0,
      256 * 288 * 64,
      0,
      0,
      64 * 576 * 64,
      0,
      0,
      4096 * 64,
      640,
    ]);
  });

  it('counts other convolutions, and strides', () => {
    const images = input({ shape: [9, 9, 4] });
    let x = layers.depthwiseConv2d({ kernelSize: 3, name: 'depthwise' }).apply(images);
    x = layers.separableConv2d({ filters: 8, kernelSize: 3, padding: 'same', name: 'separable' }).apply(x);
    const [y] = new Involution({ groups: 2, strides: 2, reductionRatio: 4, name: 'inv' }).apply(
      x,
    ) as SymbolicTensor[];
    const { layers: rows } = summarize(model({ inputs: images, outputs: y! }));
    expect(rows.map(({ name, macs }) => [name, macs]).slice(1)).toEqual([
      ['depthwise', 49 * 36],
      ['separable', 49 * (36 + 32)],
      ['inv', 16 * (16 + 2 * 18 + 9 * 8)],
    ]);
  });

  it('leaves open what depends on the size of an image', () => {
    const images = input({ shape: [null, null, 3] });
    const outputs = new Involution({ name: 'inv' }).apply(images) as SymbolicTensor[];
    const summary = summarize(model({ inputs: images, outputs }));
    expect(summary.layers[1]).toMatchObject({ params: 60, macs: null, activationBytes: null });
    expect(summaryTable(summary, { costs: true })).toContain(
      '│            60 │            ? │           ? │',
    );
    expect(summaryTable(summary, { costs: false })).toContain('[(None, None, None,');
  });
});

it.each([
  [0, '0.00 B'],
  [1023, '1023.00 B'],
  [1024, '1.00 KB'],
  [156_924, '153.25 KB'],
  [5 * 1024 ** 3, '5.00 GB'],
])('prints %d bytes as Keras does', (bytes, text) => {
  expect(readableSize(bytes)).toBe(text);
});
