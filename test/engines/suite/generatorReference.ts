import {
  groupOfChannel,
  type InvolutionAttributes,
  type InvolutionGeometry,
  involutionGeometry,
} from '../../../src/core/involution/geometry';

/** What a layer computes with, in double precision: flat arrays by name. */
export type Values = Readonly<Record<string, Float64Array>>;

export interface NaiveLayer {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly attributes: InvolutionAttributes;
  /** [B,H,W,C]. */
  readonly shape: readonly [number, number, number, number];
  readonly training: boolean;
}

/** One pixel of x, or null beyond the image. */
type PixelAt = (b: number, row: number, column: number) => Float64Array | null;
/** The weights of a position for each tap of the stencil, of one group. */
type KernelAt = (b: number, i: number, j: number, group: number) => number[];

/** Every kind of generator, and the layer around it, as its definition reads: loops over positions, groups and taps. */
export function naiveLayer(layer: NaiveLayer, x: Float64Array, weights: Values) {
  const { attributes, shape } = layer;
  const window = involutionGeometry(shape, attributes);
  const stencilSize = reaches(layer) ? 2 * attributes.kernelSize - 1 : attributes.kernelSize;
  const stencil = involutionGeometry(shape, { ...attributes, kernelSize: stencilSize });
  const kernelAt = generators[layer.kind]!(layer, window, pixels(x, window), weights);
  const { groups } = attributes;
  const kernels = new Float64Array(positionsOf(stencil) * stencilSize ** 2 * groups);
  forEachPosition(stencil, (b, i, j, position) => {
    for (let g = 0; g < groups; g++)
      for (const [tap, weight] of kernelAt(b, i, j, g).entries())
        kernels[(position * stencilSize ** 2 + tap) * groups + g] = weight;
  });
  const value = weights.value_kernel
    ? dense(x, weights.value_kernel, weights.value_bias, window.channels)
    : x;
  const y = apply(kernels, pixels(value, stencil), stencil);
  return {
    kernels,
    output: weights.output_kernel ? dense(y, weights.output_kernel, weights.output_bias, window.channels) : y,
  };
}

const reaches = ({ kind, options }: NaiveLayer) => kind === 'outlook' || options.border === 'clamped';

type NaiveGenerator = (
  layer: NaiveLayer,
  window: InvolutionGeometry,
  x: PixelAt,
  weights: Values,
) => KernelAt;

const generators: Record<string, NaiveGenerator> = {
  linear: (_, window, x, { kernel, bias }) => {
    const h = atPositions(window, x, (pixel) => dense(pixel, kernel!, bias));
    return (b, i, j, g) => [...h(b, i, j)].filter((_, n) => groupOfOutput(n, window) === g);
  },

  static:
    (_, { kernelSize, groups }, __, { kernel }) =>
    (_b, _i, _j, g) =>
      taps(kernelSize).map((tap) => kernel![tap * groups + g]!),

  bottleneck: ({ training, options }, window, x, weights) => {
    const reduced = atPositions(window, x, (pixel) =>
      dense(pixel, weights.conv1_kernel!, weights.conv1_bias),
    );
    const rows = allPositions(window, reduced);
    const normalize = batchNorm(rows, weights, '', training, options.epsilon as number);
    const h = (b: number, i: number, j: number) => {
      const active = normalize(reduced(b, i, j)).map(relu);
      return [...dense(Float64Array.from(active), weights.conv2_kernel!, weights.conv2_bias)];
    };
    return (b, i, j, g) => h(b, i, j).filter((_, n) => groupOfOutput(n, window) === g);
  },

  attention: (layer, window, x, weights) => {
    const { kernelSize, groups, strides, channels, height, width } = window;
    const border = layer.options.border as string;
    const size = border === 'clamped' ? 2 * kernelSize - 1 : kernelSize;
    const geometry = involutionGeometry(layer.shape, { ...layer.attributes, kernelSize: size });
    const query = atPositions(window, x, (pixel) => dense(pixel, weights.query_kernel!, weights.query_bias));
    return (b, i, j, g) => {
      const q = query(b, i, j);
      const inside = (start: number, limit: number, at: number) => {
        const from = Math.min(Math.max(start, 0), Math.max(limit - kernelSize, 0));
        return at >= from && at < from + kernelSize;
      };
      const scores = taps(size).map((tap) => {
        const [row, column] = tapAt(geometry, i, j, tap);
        const pixel = x(b, row, column);
        if (!pixel && border !== 'zero') return Number.NEGATIVE_INFINITY;
        const isSeen =
          border !== 'clamped' ||
          (inside(i * strides - window.padTop, height, row) &&
            inside(j * strides - window.padLeft, width, column));
        if (!isSeen) return Number.NEGATIVE_INFINITY;
        const key = pixel ? dense(pixel, weights.key_kernel!, weights.key_bias) : new Float64Array(channels);
        const product = channelsOf(window, g).reduce((sum, c) => sum + q[c]! * key[c]!, 0);
        const bias = weights.position_bias?.[tap * groups + g] ?? 0;
        return product / Math.sqrt(channels / groups) + bias;
      });
      return softmax(scores);
    };
  },

  outlook: (_, window, x, weights) => {
    const { kernelSize, groups, channels, padTop, padLeft, groupLayout } = window;
    const [count, size] = [kernelSize ** 2, 2 * kernelSize - 1];
    const shares = (pixel: Float64Array, destination: number, g: number) => {
      const scores = dense(pixel, weights.attention_kernel!, weights.attention_bias);
      return softmax(
        taps(kernelSize).map((tap) => {
          const k = destination * count + tap;
          const at = groupLayout === 'interleaved' ? k * groups + g : g * count ** 2 + k;
          return scores[at]! / Math.sqrt(channels / groups);
        }),
      );
    };
    return (b, i, j, g) => {
      const kernel = new Array<number>(size ** 2).fill(0);
      for (const destination of taps(kernelSize)) {
        const [u, v] = [Math.floor(destination / kernelSize), destination % kernelSize];
        const writer = x(b, i - (u - padTop), j - (v - padLeft));
        if (!writer) continue;
        for (const [tap, share] of shares(writer, destination, g).entries()) {
          const [down, right] = [Math.floor(tap / kernelSize) - u, (tap % kernelSize) - v];
          kernel[(down + kernelSize - 1) * size + right + kernelSize - 1]! += share;
        }
      }
      return kernel;
    };
  },

  'filter-norm': (layer, window, x, weights) => {
    const logits = generators.linear!(layer, window, x, weights);
    return (b, i, j, g) => {
      const l = logits(b, i, j, g);
      const mean = l.reduce((sum, value) => sum + value, 0) / l.length;
      const variance = l.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (l.length - 1);
      return l.map(
        (value) => ((value - mean) / (Math.sqrt(variance) + 1e-10)) * (Math.SQRT2 / window.kernelSize),
      );
    };
  },

  gaussian: ({ options }, window, x) => {
    const own = atPositions(window, x, (pixel) => pixel);
    return (b, i, j, g) => {
      const weights = taps(window.kernelSize).map((tap) => {
        const pixel = x(b, ...tapAt(window, i, j, tap));
        if (!pixel) return 0;
        const distance = channelsOf(window, g).reduce(
          (sum, c) => sum + ((pixel[c]! - own(b, i, j)[c]!) / (options.width as number)) ** 2,
          0,
        );
        return Math.exp(-distance / 2);
      });
      const sum = options.normalize ? weights.reduce((a, weight) => a + weight, 0) : 1;
      return weights.map((weight) => weight / sum);
    };
  },

  pairwise: ({ training }, window, x, weights) => {
    const { kernelSize } = window;
    const before = Math.floor((kernelSize - 1) / 2);
    const own = atPositions(window, x, (pixel) => dense(pixel, weights.own_kernel!, weights.own_bias));
    const relations = remembered(window, (b, i, j) =>
      taps(kernelSize).map((tap) => {
        const pixel = x(b, ...tapAt(window, i, j, tap));
        const seen = pixel && dense(pixel, weights.neighbour_kernel!, weights.neighbour_bias);
        const offset = [before - Math.floor(tap / kernelSize), before - (tap % kernelSize)];
        return [
          ...own(b, i, j).map((value, c) => value - (seen?.[c] ?? 0)),
          ...dense(Float64Array.from(offset), weights.offset_kernel!),
        ];
      }),
    );
    const first = batchNorm(allPositions(window, relations).flat(), weights, 'relation_', training, 1e-3);
    const hidden = (relation: number[]) => [
      ...dense(Float64Array.from(first(relation).map(relu)), weights.hidden_kernel!),
    ];
    const all = allPositions(window, relations).flat().map(hidden);
    const second = batchNorm(all, weights, 'hidden_', training, 1e-3);
    return (b, i, j, g) =>
      softmax(
        relations(b, i, j).map((relation, tap) => {
          if (!x(b, ...tapAt(window, i, j, tap))) return Number.NEGATIVE_INFINITY;
          const active = Float64Array.from(second(hidden(relation)).map(relu));
          return dense(active, weights.score_kernel!, weights.score_bias)[g]!;
        }),
      );
  },
};

const relu = (value: number) => Math.max(value, 0);
const taps = (size: number) => Array.from({ length: size ** 2 }, (_, tap) => tap);
const positionsOf = ({ batch, outHeight, outWidth }: InvolutionGeometry) => batch * outHeight * outWidth;

function softmax(scores: number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, power) => a + power, 0);
  return powers.map((power) => power / sum);
}

/** Rows of `inputs` values (by default one), each times the kernel [inputs,N]. */
function dense(
  x: Float64Array,
  kernel: Float64Array,
  bias?: Float64Array,
  inputs: number = x.length,
): Float64Array {
  const outputs = kernel.length / inputs;
  const y = new Float64Array((x.length / inputs) * outputs);
  for (let row = 0; row < x.length / inputs; row++)
    for (let n = 0; n < outputs; n++) {
      let sum = bias?.[n] ?? 0;
      for (let a = 0; a < inputs; a++) sum += x[row * inputs + a]! * kernel[a * outputs + n]!;
      y[row * outputs + n] = sum;
    }
  return y;
}

/** Learns the statistics of all rows, or takes the moving ones; then normalises any row. */
function batchNorm(
  rows: ArrayLike<number>[],
  weights: Values,
  prefix: string,
  training: boolean,
  epsilon: number,
): (row: ArrayLike<number>) => number[] {
  const column = (n: number) => rows.map((row) => row[n]!);
  const statistics = Array.from(weights[`${prefix}gamma`]!, (_, n) => {
    const moving = prefix === '' ? 'moving_' : prefix;
    if (!training) return [weights[`${moving}mean`]![n]!, weights[`${moving}variance`]![n]!] as const;
    const values = column(n);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length] as const;
  });
  return (row) =>
    statistics.map(([mean, variance], n) => {
      const normal = (row[n]! - mean) / Math.sqrt(variance + epsilon);
      return normal * weights[`${prefix}gamma`]![n]! + weights[`${prefix}beta`]![n]!;
    });
}

function pixels(x: Float64Array, { height, width, channels }: InvolutionGeometry): PixelAt {
  return (b, row, column) => {
    if (row < 0 || row >= height || column < 0 || column >= width) return null;
    const from = ((b * height + row) * width + column) * channels;
    return x.subarray(from, from + channels);
  };
}

/** Of the average pixel that lies at a position. */
function atPositions(
  geometry: InvolutionGeometry,
  x: PixelAt,
  of: (pixel: Float64Array) => Float64Array,
): (b: number, i: number, j: number) => Float64Array {
  const { strides, height, width, channels, outHeight, outWidth } = geometry;
  const padding = (size: number, count: number) => Math.floor((count * strides - size) / 2);
  const [top, left] = [padding(height, outHeight), padding(width, outWidth)];
  return remembered(geometry, (b, i, j) => {
    const seen = taps(strides).flatMap((tap) => {
      const [u, v] = [Math.floor(tap / strides), tap % strides];
      return x(b, i * strides + u - top, j * strides + v - left) ?? [];
    });
    const average = (_: unknown, c: number) => seen.reduce((sum, pixel) => sum + pixel[c]!, 0) / seen.length;
    return of(Float64Array.from({ length: channels }, average));
  });
}

/** The pixel that a tap of a position's window lies on. */
function tapAt(
  { strides, kernelSize, padTop, padLeft }: InvolutionGeometry,
  i: number,
  j: number,
  tap: number,
): [row: number, column: number] {
  return [i * strides + Math.floor(tap / kernelSize) - padTop, j * strides + (tap % kernelSize) - padLeft];
}

function channelsOf({ channels, groups, groupLayout }: InvolutionGeometry, group: number): number[] {
  return Array.from({ length: channels }, (_, c) => c).filter(
    (c) => groupOfChannel(c, channels, groups, groupLayout) === group,
  );
}

/** The group that the n-th output of a generator is for. */
function groupOfOutput(n: number, { kernelSize, groups, groupLayout }: InvolutionGeometry): number {
  return groupLayout === 'interleaved' ? n % groups : Math.floor(n / kernelSize ** 2);
}

function forEachPosition(
  { batch, outHeight, outWidth }: InvolutionGeometry,
  visit: (b: number, i: number, j: number, position: number) => void,
): void {
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++) visit(b, i, j, (b * outHeight + i) * outWidth + j);
}

/** Works it out once for each position. */
function remembered<Value>(
  geometry: InvolutionGeometry,
  of: (b: number, i: number, j: number) => Value,
): (b: number, i: number, j: number) => Value {
  const values = allPositions(geometry, of);
  return (b, i, j) => values[(b * geometry.outHeight + i) * geometry.outWidth + j]!;
}

function allPositions<Value>(
  geometry: InvolutionGeometry,
  of: (b: number, i: number, j: number) => Value,
): Value[] {
  const values: Value[] = [];
  forEachPosition(geometry, (b, i, j) => values.push(of(b, i, j)));
  return values;
}

function apply(kernels: Float64Array, x: PixelAt, geometry: InvolutionGeometry): Float64Array {
  const { channels, groups, groupLayout, kernelSize } = geometry;
  const y = new Float64Array(positionsOf(geometry) * channels);
  forEachPosition(geometry, (b, i, j, position) => {
    for (const tap of taps(kernelSize)) {
      const pixel = x(b, ...tapAt(geometry, i, j, tap));
      if (!pixel) continue;
      for (let c = 0; c < channels; c++) {
        const weight = (position * kernelSize ** 2 + tap) * groups;
        y[position * channels + c]! +=
          kernels[weight + groupOfChannel(c, channels, groups, groupLayout)]! * pixel[c]!;
      }
    }
  });
  return y;
}
