import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimate, Series, smooth, stretchFor, stretchStart, windowOf } from '../../../src/core/runs/series';

/** What TensorBoard's line chart does (tensorboard/webapp/widgets/line_chart_v2/data_transformer.ts). */
function tensorBoard(values: number[], weight: number): number[] {
  if (values.every((value) => value === values[0])) return values;
  let [last, count] = [values.length > 0 ? 0 : Number.NaN, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    count++;
    return last / (weight === 1 ? 1 : 1 - weight ** count);
  });
}

const floats = fc.array(fc.oneof(fc.float({ noNaN: true, min: -100, max: 100 }), fc.constant(Number.NaN)), {
  minLength: 1,
  maxLength: 200,
});
const weights = fc.double({ min: 0.01, max: 0.999, noNaN: true });

describe('smoothing', () => {
  it("is TensorBoard's", () => {
    fc.assert(
      fc.property(floats, weights, (values, weight) => {
        const actual = smooth(Float32Array.from(values), weight);
        tensorBoard(values.map(Math.fround), weight).forEach((expected, i) => {
          if (Number.isNaN(expected)) expect(actual[i]).toBeNaN();
          else expect(Math.abs(actual[i]! - expected)).toBeLessThan(1e-3);
        });
      }),
    );
  });

  it('has known values', () => {
    // 1; (0.5·0.5·1 + 0.5·3) / 0.75; (…)
    expect([...smooth(Float32Array.of(1, 3, 5), 0.5)]).toEqual([1, 7 / 3, 27 / 7].map(Math.fround));
  });

  it('leaves equal values as they are', () => {
    expect([...smooth(new Float32Array(50).fill(0.1), 0.9)]).toEqual(Array(50).fill(Math.fround(0.1)));
  });

  it('does the same work piece by piece, also when the weight changes', () => {
    fc.assert(
      fc.property(floats, weights, weights, (values, weight, other) => {
        const series = new Series();
        values.forEach((value, x) => {
          series.push(x, value);
          if (x % 7 === 3) series.smooth(x % 2 === 0 ? weight : other);
        });
        expect(series.smooth(weight)).toEqual(smooth(Float32Array.from(values), weight));
        expect(series.smooth(0)).toEqual(Float32Array.from(values));
      }),
    );
  });
});

describe('a series', () => {
  it('keeps what is pushed, a missing value as NaN', () => {
    const series = new Series();
    for (let i = 0; i < 1000; i++) series.push(i, i === 500 ? null : 2 * i);
    expect(series.length).toBe(1000);
    expect(series.x[999]).toBe(999);
    expect(series.y[999]).toBe(1998);
    expect(series.y[500]).toBeNaN();
  });
});

/** As the charts ask: what lies in [from, to], for so many pixels. */
function thinned(x: Float64Array, y: Float32Array, from: number, to: number, width: number): Uint32Array {
  const window = windowOf(x, from, to);
  return decimate(x, y, window, stretchFor(x, window, width));
}

describe('decimation', () => {
  const columns = (steps: number[]) => {
    let x = 0;
    return Float64Array.from(steps, (step) => {
      x += step;
      return x;
    });
  };
  const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.float({ noNaN: true })), {
    minLength: 1,
    maxLength: 500,
  });

  it('keeps the ends, the lowest and the highest, in order, and about four points a pixel at most', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 20 }), (drawn, width) => {
        const x = columns(drawn.map(([step]) => step));
        const y = Float32Array.from(drawn, ([, value]) => value);
        const kept = [...thinned(x, y, -Infinity, Infinity, width)];
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        expect(kept[0]).toBe(0);
        expect(kept.at(-1)).toBe(x.length - 1);
        expect(kept.length).toBeLessThanOrEqual(4 * (width + 1));
        const values = kept.map((index) => y[index]!);
        expect(Math.min(...values)).toBe(Math.min(...y));
        expect(Math.max(...values)).toBe(Math.max(...y));
      }),
    );
  });

  it('keeps the lowest and the highest of every stretch, of which there are half as many as pixels, or more', () => {
    const x = Float64Array.from({ length: 10_000 }, (_, i) => i);
    const y = Float32Array.from(x, (value) => (Math.sin(value * 12.9898) * 43758.5453) % 1);
    const stretch = stretchFor(x, windowOf(x, -Infinity, Infinity), 100);
    // 9999 / 100, up to a power of two.
    expect(stretch).toBe(128);
    const kept = new Set(thinned(x, y, -Infinity, Infinity, 100));
    for (let begin = 0; begin < 9999; begin += stretch) {
      const indices = [...x.keys()].filter((i) => stretchStart(i, stretch) === begin);
      const values = indices.map((i) => y[i]!);
      const shown = indices.filter((i) => kept.has(i)).map((i) => y[i]!);
      expect(Math.min(...shown)).toBe(Math.min(...values));
      expect(Math.max(...shown)).toBe(Math.max(...values));
    }
  });

  it('chooses all the same points again when the curve has grown, but for the last stretch', () => {
    const x = Float64Array.from({ length: 5_100 }, (_, i) => i);
    const y = Float32Array.from(x, (value) => (Math.sin(value * 12.9898) * 43758.5453) % 1);
    const before = [...thinned(x.subarray(0, 4_500), y.subarray(0, 4_500), -Infinity, Infinity, 100)];
    const now = [...thinned(x, y, -Infinity, Infinity, 100)];
    const last = stretchStart(4_499, 64);
    expect(now.filter((i) => i < last)).toEqual(before.filter((i) => i < last));
  });

  it('shows a part with one point beyond either end, so that the line leaves the picture', () => {
    const x = Float64Array.from({ length: 100 }, (_, i) => 10 * i);
    const y = new Float32Array(100);
    expect([...thinned(x, y, 35, 62, 50)]).toEqual([3, 4, 5, 6, 7]);
    expect([...thinned(x, y, 40, 60, 50)]).toEqual([3, 4, 5, 6, 7]);
    expect([...thinned(x, y, -50, 5, 50)]).toEqual([0, 1]);
    expect([...thinned(x, y, 2000, 3000, 50)]).toEqual([99]);
    expect([...thinned(new Float64Array(0), new Float32Array(0), 0, 1, 50)]).toEqual([]);
  });

  it('is not confused by a value that is not finite', () => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => i);
    const y = Float32Array.from(x, (value) => (value % 3 === 0 ? Number.NaN : value));
    const kept = [...thinned(x, y, -Infinity, Infinity, 2)].map((index) => y[index]!);
    expect(kept).toContain(1);
    expect(kept).toContain(998);
  });

  it('takes a million points in its stride', () => {
    const x = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
    const y = Float32Array.from(x, Math.sin);
    expect(thinned(x, y, -Infinity, Infinity, 800).length).toBeLessThanOrEqual(3204);
  });
});
