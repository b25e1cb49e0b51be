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

type Window = Readonly<{ begin: number; end: number }>;

/** Which points lie in [from, to], and one beyond either end: from `begin` on, before `end`. Infinities mean all there are. */
export function windowOf(x: Float64Array, from: number, to: number): Window {
  return {
    begin: Math.max(lowerBound(x, from) - 1, 0),
    end: Math.min(lowerBound(x, to, true) + 1, x.length),
  };
}

/**
 * How wide the stretches are in which the points of a window are thinned for `width` pixels: a power of two, of which the
 * window has half as many to as many as there are pixels. 0: there are so few points that all are drawn.
 */
export function stretchFor(x: Float64Array, { begin, end }: Window, width: number): number {
  if (end - begin <= 4 * width) return 0;
  return 2 ** Math.ceil(Math.log2((x[end - 1]! - x[begin]! || 1) / width));
}

/** Where the stretch begins that x lies in: stretches lie at multiples of their width, however long the curve gets. */
export function stretchStart(x: number, stretch: number): number {
  return stretch === 0 ? x : Math.floor(x / stretch) * stretch;
}

/**
 * Which points of a window to draw so that the line looks as if all were drawn: in each stretch the first, the lowest, the
 * highest and the last (the M4 aggregation). What is chosen of a stretch depends on that stretch alone: a curve that grows
 * keeps all but its last.
 */
export function decimate(
  x: Float64Array,
  y: Float32Array,
  { begin, end }: Window,
  stretch: number,
): Uint32Array {
  if (stretch === 0) return Uint32Array.from({ length: Math.max(end - begin, 0) }, (_, i) => begin + i);
  const chosen: number[] = [];
  for (let start = begin; start < end; ) {
    const current = Math.floor(x[start]! / stretch);
    let [low, high, next] = [start, start, start];
    for (; next < end && Math.floor(x[next]! / stretch) === current; next++) {
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
export function lowerBound(ascending: Float64Array, bound: number, after = false): number {
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
