/** A curve, column by column. x ascends; y is NaN where the measure was not finite. */
export class Series {
  // Empty at first: a list may hold thousands of runs that nobody looks at.
  #x = new Float64Array(0);
  #y = new Float32Array(0);
  #length = 0;
  readonly #smoothing = new Smoothing();

  get length(): number {
    return this.#length;
  }

  /** A view: valid until the next `push`. */
  get x(): Float64Array {
    return this.#x.subarray(0, this.#length);
  }

  /** A view: valid until the next `push`. */
  get y(): Float32Array {
    return this.#y.subarray(0, this.#length);
  }

  push(x: number, y: number | null): void {
    if (this.#length === this.#x.length) {
      const capacity = Math.max(16, 2 * this.#length);
      this.#x = grown(this.#x, new Float64Array(capacity));
      this.#y = grown(this.#y, new Float32Array(capacity));
    }
    this.#x[this.#length] = x;
    this.#y[this.#length] = y ?? Number.NaN;
    this.#length++;
  }

  /** y, smoothed; only what is new since the last call with this weight is computed. A view: valid until the next call. */
  smooth(weight: number): Float32Array {
    return weight === 0 ? this.y : this.#smoothing.extend(this.y, weight);
  }
}

/**
 * TensorBoard's smoothing: an exponential moving average with this weight (0…1) on the past, debiased so that the first
 * points are not drawn towards 0. Values that are not finite are passed through and leave no trace; a series of equal
 * values stays as it is.
 */
export function smooth(values: Float32Array, weight: number): Float32Array {
  return new Smoothing().extend(values, weight).slice();
}

class Smoothing {
  #weight = Number.NaN;
  #smoothed = new Float32Array(0);
  #length = 0;
  #average = 0;
  #terms = 0;
  #first = Number.NaN;
  #isConstant = true;

  extend(values: Float32Array, weight: number): Float32Array {
    if (weight !== this.#weight) {
      this.#weight = weight;
      this.#length = 0;
      this.#average = 0;
      this.#terms = 0;
      this.#first = values[0] ?? Number.NaN;
      this.#isConstant = true;
    }
    if (values.length > this.#smoothed.length)
      this.#smoothed = grown(this.#smoothed, new Float32Array(2 * values.length));
    for (; this.#length < values.length; this.#length++)
      this.#smoothed[this.#length] = this.#next(values[this.#length]!);
    return this.#smoothed.subarray(0, values.length);
  }

  #next(value: number): number {
    this.#isConstant &&= value === this.#first;
    if (!Number.isFinite(value)) return value;
    this.#average = this.#average * this.#weight + (1 - this.#weight) * value;
    this.#terms++;
    return this.#isConstant ? value : this.#average / (1 - this.#weight ** this.#terms);
  }
}

/**
 * Which points to draw so that a line over [from, to], `width` pixels wide, looks as if all were drawn: in each pixel
 * column the first, the lowest, the highest and the last (the M4 aggregation), and one point beyond either end.
 * Infinities as bounds mean all there is.
 */
export function decimate(
  x: Float64Array,
  y: Float32Array,
  from: number,
  to: number,
  width: number,
): Uint32Array {
  const begin = Math.max(lowerBound(x, from) - 1, 0);
  const end = Math.min(lowerBound(x, to, true) + 1, x.length);
  if (end - begin <= 4 * width)
    return Uint32Array.from({ length: Math.max(end - begin, 0) }, (_, i) => begin + i);
  const left = x[begin]!;
  const scale = width / (x[end - 1]! - left || 1);
  const column = (index: number) => Math.min(Math.floor((x[index]! - left) * scale), width - 1);
  const chosen: number[] = [];
  for (let start = begin; start < end; ) {
    const current = column(start);
    let [low, high, next] = [start, start, start];
    for (; next < end && column(next) === current; next++) {
      // A comparison with NaN is false: the first finite value replaces it.
      if (!(y[next]! >= y[low]!)) low = Number.isNaN(y[next]!) ? low : next;
      if (!(y[next]! <= y[high]!)) high = Number.isNaN(y[next]!) ? high : next;
    }
    const points = new Set([start, Math.min(low, high), Math.max(low, high), next - 1]);
    chosen.push(...points);
    start = next;
  }
  return Uint32Array.from(chosen);
}

/** The first index whose value is not below `bound` (or, `after`, is above it). */
function lowerBound(ascending: Float64Array, bound: number, after = false): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = ascending[middle]!;
    if (value < bound || (after && value === bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function grown<T extends Float64Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
