import { describe, expect, it } from 'vitest';
import { evaluationOf } from '../../../src/core/evaluation/evaluation';
import { imagesOf, shareOf } from '../../../webview/lab/evaluation/predictions';
import { arrowPath } from '../../../webview/lab/kernels/arrowPath';
import { cellBox, mapPosition, moved, positionAt } from '../../../webview/lab/kernels/grid';
import { arithmeticOf } from '../../../webview/lab/kernels/inspector/arithmetic';
import { barShare, costs } from '../../../webview/lab/models/costs';
import { optionsFrom } from '../../../webview/lab/options';

const grid = (height: number, width: number) => ({ height, width });

describe('the marker', () => {
  it('is at the same place of the picture in every layer', () => {
    const position = { row: 9, column: 17 };
    expect(mapPosition(position, grid(32, 32), grid(16, 16))).toEqual({ row: 4, column: 8 });
    expect(mapPosition(position, grid(32, 32), grid(8, 8))).toEqual({ row: 2, column: 4 });
    expect(mapPosition({ row: 2, column: 4 }, grid(8, 8), grid(32, 32))).toEqual({ row: 10, column: 18 });
    expect(mapPosition({ row: 6, column: 0 }, grid(7, 5), grid(3, 3))).toEqual({ row: 2, column: 0 });
  });

  it('lies under the pointer, and inside even at the edge', () => {
    expect(positionAt(100, 50, grid(200, 200), grid(8, 8))).toEqual({ row: 2, column: 4 });
    expect(positionAt(200, -3, grid(200, 200), grid(8, 8))).toEqual({ row: 0, column: 7 });
    expect(cellBox({ row: 2, column: 4 }, grid(8, 8))).toEqual({
      left: '50%',
      top: '25%',
      width: '12.5%',
      height: '12.5%',
    });
  });

  it('moves with the keys and stops at the edges', () => {
    const size = grid(16, 8);
    expect(moved({ row: 0, column: 3 }, 'ArrowUp', size)).toEqual({ row: 0, column: 3 });
    expect(moved({ row: 0, column: 3 }, 'ArrowRight', size)).toEqual({ row: 0, column: 4 });
    expect(moved({ row: 5, column: 3 }, 'PageDown', size)).toEqual({ row: 7, column: 3 });
    expect(moved({ row: 5, column: 3 }, 'End', size)).toEqual({ row: 5, column: 7 });
    expect(moved({ row: 5, column: 3 }, 'a', size)).toBeNull();
  });
});

describe('the arrows of a map', () => {
  it('begin in the middle of their cells, and the longest is as long as one', () => {
    // Two cells side by side: 3 to the right, 1.5 down.
    expect(arrowPath(Float32Array.of(0, 3, 1.5, 0), 2)).toBe(
      [
        ...['M0.5 0.5L1.5 0.5L1.2 0.32', 'M1.5 0.5L1.2 0.68'],
        ...['M1.5 0.5L1.5 1L1.59 0.85', 'M1.5 1L1.41 0.85'],
      ].join(''),
    );
    expect(arrowPath(new Float32Array(4), 2)).toBe('');
    expect(arrowPath(Float32Array.of(Number.NaN, 0, 0, 1), 2)).toMatch(/^M1\.5 0\.5/);
  });
});

describe('the arithmetic of a pixel', () => {
  it('multiplies a channel by the kernel of its group, tap by tap', () => {
    // K = 2, two groups, four channels: taps are rows of 2 weights and of 4 inputs.
    const detail = {
      row: 0,
      column: 0,
      stages: [],
      kernel: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40),
      neighbourhood: Float32Array.of(1, 0, 0, 5, 1, 0, 0, 6, 1, 0, 0, 7, 1, 0, 0, 8),
      sums: Float32Array.of(10, 0, 0, 700),
      output: Float32Array.of(1, 2, 3, 4),
      groupOf: [0, 1, 0, 1],
    };
    expect(arithmeticOf(detail, 0, 2)).toEqual({
      group: 0,
      kernel: [1, 2, 3, 4],
      neighbourhood: [1, 1, 1, 1],
      products: [1, 2, 3, 4],
      sum: 10,
      computed: 10,
      output: 1,
    });
    expect(arithmeticOf(detail, 3, 2)).toMatchObject({
      group: 1,
      products: [50, 120, 210, 320],
      sum: 700,
      computed: 700,
      output: 4,
    });
  });
});

describe('a cell of the confusion matrix', () => {
  // Images 0 … 4 of classes a a b b b; predicted a b b a b.
  const evaluation = evaluationOf(
    'involution',
    ['a', 'b', 'c'],
    Uint8Array.of(0, 0, 1, 1, 1),
    Float32Array.of(1, 0, 0, 0, 1, 0, 0, 1, 0, 0.6, 0.4, 0, 0, 1, 0),
  );

  it('leads to its images, right ones and wrong ones', () => {
    expect(imagesOf(evaluation, { label: 1, predicted: 1 })).toEqual([2, 4]);
    expect(imagesOf(evaluation, { label: 1, predicted: 0 })).toEqual([3]);
    expect(imagesOf(evaluation, { label: 2, predicted: 0 })).toEqual([]);
  });

  it('is as full as its share of the true class', () => {
    expect(shareOf(evaluation.confusion, { label: 1, predicted: 1 })).toBeCloseTo(2 / 3);
    expect(shareOf(evaluation.confusion, { label: 2, predicted: 1 })).toBe(0);
  });
});

describe('what a network costs', () => {
  it('adds its layers up', () => {
    const layer = {
      name: 'l',
      type: 'Dense',
      outputShapes: [[null, 10]],
      params: 10,
      macs: 100,
      activationBytes: 40,
    };
    const totals = { total: 41, trainable: 20, nonTrainable: 1, optimizer: 42 };
    const model = {
      name: 'inv_model',
      layers: [layer, { ...layer, macs: null }],
      totals,
      text: '',
    };
    expect(costs(model)).toEqual({ parameters: 21, macs: 100, weights: 84, training: 252, activations: 80 });
  });

  it('is drawn from zero, or from one on a logarithmic scale', () => {
    expect(barShare(25, 100, 'linear')).toBe(0.25);
    expect(barShare(10, 1000, 'log')).toBeCloseTo(1 / 3);
    expect(barShare(0, 1000, 'log')).toBe(0);
  });
});

describe('the options of a panel', () => {
  const preferences = { smoothing: 0.6, colorMap: 'diverging' } as const;

  it('are those of the settings in a fresh panel', () => {
    expect(optionsFrom(undefined, preferences)).toMatchObject({
      smoothing: 0.6,
      colorMap: 'diverging',
      axis: 'batch',
      statistic: 'own',
    });
    expect(optionsFrom(null, preferences)).toMatchObject({ layout: 'overlaid' });
  });

  it('come back, and what can’t be read falls back alone', () => {
    const kept = {
      runs: [],
      options: { axis: 'epoch', smoothing: 7, logY: 'yes', limit: 2, colorMap: 'jet', more: 1 },
    };
    const options = optionsFrom(kept, preferences);
    expect(options).toMatchObject({
      axis: 'epoch',
      smoothing: 0.6,
      logY: false,
      limit: 2,
      colorMap: 'diverging',
    });
    expect(options).not.toHaveProperty('more');
    const statisticOf = (statistic: string) => optionsFrom({ options: { statistic } }, preferences).statistic;
    expect(['entropy', 'offset', 'mode'].map(statisticOf)).toEqual(['entropy', 'offset', 'own']);
  });
});
