import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesSnapshot } from '../../../src/protocol/lab';
import { chartsOf } from '../../../webview/lab/charts/chartSpec';
import { readingsAt } from '../../../webview/lab/charts/readout';
import { csvOf } from '../../../webview/shared/chart/csv';
import { chartFigure, type Shape } from '../../../webview/shared/chart/figure';
import {
  extentX,
  extentY,
  lastValue,
  linesOf,
  nearestPoint,
  padded,
  stepAlong,
} from '../../../webview/shared/chart/lines';
import { lookAt, looksOf } from '../../../webview/shared/chart/palette';
import { rangeY, wholeX, withRoom } from '../../../webview/shared/chart/ranges';
import { spreadOut } from '../../../webview/shared/chart/spreadOut';
import { svgOf } from '../../../webview/shared/chart/svg';
import { linearTicks, logTicks } from '../../../webview/shared/chart/ticks';
import { tick } from '../../../webview/shared/format';

const snapshot = (over: Partial<SeriesSnapshot>): SeriesSnapshot => ({
  run: 'r',
  model: 'involution',
  split: 'train',
  metric: 'loss',
  x: Float64Array.of(1, 2, 3, 4),
  raw: Float32Array.of(2, 1.5, Number.NaN, 1),
  smooth: Float32Array.of(2, 1.75, 1.5, 1.25),
  mark: { reading: 'here', stretch: 0, count: 4 },
  ...over,
});
const train = snapshot({});
const validation = snapshot({
  split: 'validation',
  x: Float64Array.of(2, 4),
  raw: Float32Array.of(1.8, 1.2),
  smooth: Float32Array.of(1.8, 1.5),
});
const lines = (smoothed: boolean) =>
  linesOf(
    [train, validation],
    smoothed,
    (s) => `${s.model} ${s.split}`,
    () => lookAt(0),
  );

describe('the names at the ends of lines', () => {
  it.each([
    [
      [10, 12, 40],
      [10, 23, 40],
    ],
    [
      [10, 10, 10],
      [10, 23, 36],
    ],
    [
      [5, 90, 96],
      [5, 74, 87],
    ],
    [
      [80, 85, 99],
      [61, 74, 87],
    ],
    [[], []],
  ])('at %j stand at %j', (places, expected) => {
    expect(spreadOut(places, 13, 87)).toEqual(expected);
  });
});

describe('ticks', () => {
  it('are multiples of 1, 2 or 5 inside the range', () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(0.73, 2.41, 4)).toEqual([1, 1.5, 2]);
    expect(linearTicks(-3, 3, 3)).toEqual([-2, 0, 2]);
    expect(linearTicks(5, 5, 4)).toEqual([5]);
  });

  it('are of other round steps where those would be fewer than three', () => {
    expect(linearTicks(1, 40, 0)).toEqual([10, 20, 30, 40].filter((n) => n % 10 === 0));
    expect(linearTicks(1, 120, 1)).toEqual([40, 80, 120]);
    expect(linearTicks(2.25, 2.35, 2)).toEqual([2.25, 2.3, 2.35]);
    expect(linearTicks(2.26, 2.34, 4)).toEqual([2.26, 2.28, 2.3, 2.32, 2.34]);
  });

  it('are powers of ten on a logarithmic axis, with doubles and fives where there is room', () => {
    expect(logTicks(1, 100, 9)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logTicks(1, 1000, 6)).toEqual([1, 10, 100, 1000]);
    expect(logTicks(1, 1e6, 4)).toEqual([1, 100, 1e4, 1e6]);
    expect(logTicks(1, 1e6, 3)).toEqual([1, 1000, 1e6]);
    expect(logTicks(0, 10, 4)).toEqual([]);
  });

  it('are those of a linear axis where a logarithmic one has no three', () => {
    expect(logTicks(2.25, 2.35, 4)).toEqual(linearTicks(2.25, 2.35, 4));
    expect(logTicks(0.7, 2.5, 4)).toEqual([1, 1.5, 2, 2.5]);
  });

  it('are three or more, inside, in order and never crowded, at any range and size', () => {
    const ranges = fc.tuple(
      fc.double({ min: 1e-6, max: 1e7, noNaN: true }),
      fc.double({ min: 0.01, max: 1e4, noNaN: true }),
    );
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 20, noNaN: true }), ([min, times], target) => {
        const max = min * (1 + times);
        for (const ticks of [linearTicks(min, max, target), logTicks(min, max, target)]) {
          expect(ticks.length).toBeGreaterThanOrEqual(3);
          expect(ticks.length).toBeLessThanOrEqual(Math.max(6, target + 2));
          expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
          expect(ticks[0]).toBeGreaterThanOrEqual(min * 0.99999);
          expect(ticks.at(-1)).toBeLessThanOrEqual(max * 1.00001);
          expect(new Set(ticks.map(tick)).size).toBe(ticks.length);
        }
      }),
    );
  });
});

describe('the ranges of a chart that grows', () => {
  const upTo = (last: number, y = 1) => [
    { ...lines(false)[0]!, x: Float64Array.of(1, last), y: Float32Array.of(y, 2) },
  ];

  it('have three whole numbers on the x axis from the first point on', () => {
    const first = [{ ...lines(false)[0]!, x: Float64Array.of(1), y: Float32Array.of(2) }];
    expect(wholeX(first, false)).toEqual([0, 2]);
    expect(wholeX(first, true)).toEqual([0.5, 2]);
    expect(wholeX(upTo(2), false)).toEqual([1, 3]);
    expect(wholeX(upTo(40), false)).toEqual([1, 40]);
  });

  it('get room for an eighth more when it is full, and keep it', () => {
    expect(withRoom([1, 801], null)).toEqual([1, 801]);
    expect(withRoom([1, 801], [1, 701])).toEqual([1, 901]);
    expect(withRoom([1, 850], [1, 901])).toEqual([1, 901]);
    expect(withRoom([1, 901], [1, 901])).toEqual([1, 901]);
    // Another run is shown, or another stretch.
    expect(withRoom([1, 101], [1, 901])).toEqual([1, 101]);
    expect(withRoom([5, 801], [1, 901])).toEqual([5, 801]);
  });

  it('leave the y axis as it is while all is in it', () => {
    const limits = [0, Number.POSITIVE_INFINITY] as const;
    const first = rangeY(upTo(4), [1, 4], false, limits, null);
    expect(first).toEqual([0.94, 2.06]);
    expect(rangeY(upTo(4, 0.95), [1, 4], false, limits, first)).toBe(first);
    expect(rangeY(upTo(4, 0.5), [1, 4], false, limits, first)[0]).toBeCloseTo(0.41);
    expect(rangeY(upTo(4, 1.9), [1, 4], false, limits, first)[0]).toBeCloseTo(1.894);
  });
});

describe('lines', () => {
  it('draw training smoothed over its faint raw values, and validation as it is', () => {
    expect(lines(false).map(({ id, faint }) => [id, faint])).toEqual([
      ['r/involution/train', false],
      ['r/involution/validation', false],
    ]);
    const smoothed = lines(true);
    expect(smoothed.map(({ id, faint }) => [id, faint])).toEqual([
      ['r/involution/train/raw', true],
      ['r/involution/train', false],
      ['r/involution/validation', false],
    ]);
    expect(smoothed.map(({ y }) => y)).toEqual([train.raw, train.smooth, validation.raw]);
  });

  it('span what they show', () => {
    expect(extentX(lines(false), false)).toEqual([1, 4]);
    expect(extentX([], false)).toBeNull();
    expect(extentY(lines(false), [1, 4], false)).toEqual([1, 2]);
    const [low, high] = extentY(lines(false), [2, 3], false)!;
    expect([low, high].map((y) => y.toFixed(2))).toEqual(['1.50', '1.80']);
    expect(extentY(lines(false), [5, 6], false)).toBeNull();
  });

  it('leave out of a logarithmic axis what it has no place for', () => {
    const zero = [{ ...lines(false)[0]!, x: Float64Array.of(0, 1), y: Float32Array.of(-1, 3) }];
    expect(extentX(zero, true)).toEqual([1, 1]);
    expect(extentY(zero, [0, 1], true)).toEqual([3, 3]);
  });

  it('get air, but never beyond the limits', () => {
    expect(padded([0, 0.5], false, [0, 1])).toEqual([0, 0.53]);
    expect(padded([0.99, 1], false, [0, 1])[1]).toBe(1);
    const [low, high] = padded([1, 100], true, [0, Number.POSITIVE_INFINITY]);
    expect(Math.log10(low)).toBeCloseTo(-0.1, 6);
    expect(Math.log10(high)).toBeCloseTo(2.1, 6);
  });

  it('are read at the nearest finite value', () => {
    expect(nearestPoint(train.x, train.raw, 2.6)).toBe(1);
    expect(nearestPoint(train.x, train.raw, 3.4)).toBe(3);
    expect(nearestPoint(train.x, train.raw, -7)).toBe(0);
    expect(nearestPoint(train.x, train.raw, 99)).toBe(3);
    expect(nearestPoint(Float64Array.of(1), Float32Array.of(Number.NaN), 1)).toBe(-1);
    expect(lastValue(Float32Array.of(1, 2, Number.NaN))).toBe(2);
    expect(lastValue(Float32Array.of())).toBeNull();
  });

  it('are stepped along point by point, over the points of all', () => {
    const both = [...lines(false), { ...lines(false)[1]!, x: Float64Array.of(2.5) }];
    expect(stepAlong(both, null, -1)).toBe(3);
    expect(stepAlong(both, 3, -1)).toBe(2.5);
    expect(stepAlong(both, 2.2, 1)).toBe(2.5);
    expect(stepAlong(both, 2, 10)).toBe(4);
    expect(stepAlong(both, 4, -10)).toBe(1);
    expect(stepAlong([], null, 1)).toBeNull();
  });

  it('give one reading a model', () => {
    const [reading, ...others] = readingsAt(lines(true), 2);
    expect(others).toEqual([]);
    expect(reading).toMatchObject({ model: 'involution', raw: 1.5, values: { train: 1.75 } });
    expect(reading!.values.validation).toBeCloseTo(1.8);
    expect(readingsAt(lines(false), null)[0]!.values.train).toBe(1);
  });
});

describe('looks', () => {
  const run = (id: string, ...models: string[]) => ({
    id,
    models: models.map((model) => ({ id: model, title: model })),
  });

  it('are the colours of the places in the first run, and the next in every further one', () => {
    const lookOf = looksOf([run('a', 'rednet', 'resnet'), run('b', 'rednet'), run('c', 'drin', 'rednet')]);
    const colors = [
      lookOf('a', 'rednet'),
      lookOf('a', 'resnet'),
      lookOf('b', 'rednet'),
      lookOf('c', 'drin'),
      lookOf('c', 'rednet'),
    ].map(({ color }) => color);
    expect(colors).toEqual([1, 2, 3, 4, 5].map((n) => `involutionLab-model${n}`));
  });

  it('of twelve models are all different, in training and in validation', () => {
    for (const split of ['train', 'validation'] as const) {
      const places = Array.from({ length: 12 }, (_, place) => lookAt(place));
      expect(new Set(places.map(({ color, dash }) => `${color} ${dash[split]}`)).size).toBe(12);
    }
    // No dash of training is one of validation.
    const dashes = [0, 6, 12, 18].flatMap((place) => Object.values(lookAt(place).dash));
    expect(new Set(dashes.map(String)).size).toBe(8);
  });

  it('are solid for training and dashed for validation in a run of six', () => {
    for (let place = 0; place < 6; place++)
      expect(lookAt(place).dash).toEqual({ train: [], validation: [5, 4] });
  });
});

describe('the charts of a layout', () => {
  const models = Array.from({ length: 12 }, (_, i) => ({ id: `m${i}`, title: `Model ${i}` }));
  const shown = [{ id: 'r', name: 'run', models }] as unknown as Parameters<typeof chartsOf>[1];
  const all = models.flatMap(({ id: model }) => [
    snapshot({ model }),
    snapshot({ model, split: 'validation' }),
  ]);
  const series = { loss: [...all, snapshot({ model: 'foreign' })], accuracy: [] };

  it('have every model of the run in one, and none that it does not have', () => {
    const [loss] = chartsOf(series, shown, false, 'overlaid');
    expect(loss!.lines).toHaveLength(24);
    expect(loss!.lines[1]!.label).toBe('Model 1 · train');
    // Above all batches.
    expect(loss!.lines.slice(12).map(({ split }) => split)).toEqual(Array(12).fill('validation'));
    expect(new Set(loss!.lines.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(24);
  });

  it('have one model each, on the axis of all', () => {
    const charts = chartsOf(series, shown, false, 'side-by-side').filter(({ metric }) => metric === 'loss');
    expect(charts.map(({ title }) => title)).toEqual(models.map(({ title }) => `Loss, ${title}`));
    expect(charts.every(({ lines, scaleWith }) => lines.length === 2 && scaleWith.length === 22)).toBe(true);
  });

  it('put models of one title from several runs side by side with the others', () => {
    const second = [
      ...shown,
      { id: 's', name: 'other', models: [{ id: 'x', title: 'Model 0' }] },
    ] as unknown as typeof shown;
    const both = { loss: [snapshot({ model: 'm0' }), snapshot({ run: 's', model: 'x' })], accuracy: [] };
    const [first] = chartsOf(both, second, false, 'side-by-side');
    expect(first!.lines.map(({ label }) => label)).toEqual([
      'run · Model 0 · train',
      'other · Model 0 · train',
    ]);
  });
});

describe('CSV', () => {
  it('has every point, quotes names and leaves what is not finite empty', () => {
    expect(csvOf([train], 'batch', () => 'a "b", c').split('\r\n')).toEqual([
      'run,model,split,metric,batch,value,smoothed',
      '"a ""b"", c",involution,train,loss,1,2,2',
      '"a ""b"", c",involution,train,loss,2,1.5,1.75',
      '"a ""b"", c",involution,train,loss,3,,1.5',
      '"a ""b"", c",involution,train,loss,4,1,1.25',
      '',
    ]);
  });

  it('gives a spreadsheet no formula in a name, and leaves numbers alone', () => {
    const negative = Float32Array.of(-1);
    const series = snapshot({ x: Float64Array.of(1), raw: negative, smooth: negative });
    const row = (name: string) => csvOf([series], 'batch', () => name).split('smoothed\r\n')[1]!;
    for (const name of ['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '＝1'])
      expect(row(name)).toBe(`'${name},involution,train,loss,1,-1,-1\r\n`);
    expect(row('=HYPERLINK("http://x","y")')).toMatch(/^"'=HYPERLINK\(""http:\/\/x"",""y""\)",/);
    expect(row('\r=1')).toMatch(/^"'\r=1",/);
    expect(row('a=1')).toMatch(/^a=1,/);
  });

  it('gives 32-bit values back exactly', () => {
    const raw = Float32Array.of(0.1, 1 / 3, 1.0000001, 1.2345678);
    const text = csvOf([snapshot({ raw, smooth: raw })], 'batch', () => 'r');
    const values = text
      .split('\r\n')
      .slice(1, 5)
      .map((line) => Math.fround(Number(line.split(',')[5])));
    expect(values).toEqual([...raw]);
  });
});

describe('an exported figure', () => {
  const style = {
    fontFamily: 'sans-serif',
    background: '#fff',
    foreground: '#000',
    quiet: '#777',
    rule: '#ddd',
    color: (token: string) => `<${token}>`,
  };
  const panel = {
    title: 'Loss',
    xTitle: 'batch',
    lines: lines(false),
    x: [1, 4],
    y: [1, 2],
    logX: false,
    logY: false,
  } as const;
  const figure = chartFigure('a & b', [panel], 2, style);
  const curves = figure.shapes.filter(
    (s): s is Shape & { kind: 'polyline' } => s.kind === 'polyline' && s.stroke.startsWith('<'),
  );

  it('draws each line through its points, validation dashed, and names it in the legend', () => {
    const [trained, validated] = curves;
    // The panel's plotting area is 56 … 584 wide and 72 … 356 high; NaN at x = 3 is left out.
    expect(trained!.points).toEqual([56, 72, 232, 214, 584, 356]);
    expect([trained!.dash, validated!.dash]).toEqual([[], [5, 4]]);
    const words = figure.shapes.flatMap((s) => (s.kind === 'text' ? [s.text] : []));
    expect(words).toEqual(
      expect.arrayContaining([
        'a & b',
        'Loss',
        'batch',
        '1.2',
        '2',
        'involution train',
        'involution validation',
      ]),
    );
  });

  it('is well-formed SVG with the text escaped', () => {
    const svg = svgOf(figure);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="600"')).toBe(true);
    expect(svg).toContain('>a &amp; b</text>');
    expect(svg).toContain('d="M56 72L232 214L584 356"');
    expect(svg).toContain('stroke="&lt;involutionLab-model1&gt;"');
    expect(svg.match(/<path /g)).toHaveLength(figure.shapes.filter((s) => s.kind === 'polyline').length);
  });
});
