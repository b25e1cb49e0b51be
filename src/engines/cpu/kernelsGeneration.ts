/** The kernel generator's weights and sizes, on flat arrays: C channels → R → N. */
export interface Generator {
  readonly pixels: number;
  readonly channels: number;
  readonly width: number;
  readonly outputs: number;
  /** [pixels, C]. */
  readonly x: Float32Array;
  /** [C,R] and [R]. */
  readonly w0: Float32Array;
  readonly b0: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  /** [R,N] and [N]. */
  readonly w1: Float32Array;
  readonly b1: Float32Array;
}

export interface Statistics {
  /** [R]. */
  readonly mean: Float32Array;
  /** [R], biased. */
  readonly variance: Float32Array;
}

/** x · w0 + b0, [pixels, R]: what is normalised. */
export function reduceChannels({ pixels, channels, width, x, w0, b0 }: Generator): Float32Array {
  const reduced = new Float32Array(pixels * width);
  for (let p = 0; p < pixels; p++) {
    for (let r = 0; r < width; r++) {
      let sum = b0[r]!;
      for (let c = 0; c < channels; c++) sum += x[p * channels + c]! * w0[c * width + r]!;
      reduced[p * width + r] = sum;
    }
  }
  return reduced;
}

/** Mean and variance of each channel, in two passes. */
export function statisticsOf(reduced: Float32Array, width: number): Statistics {
  const pixels = reduced.length / width;
  const mean = new Float32Array(width);
  const variance = new Float32Array(width);
  for (let r = 0; r < width; r++) {
    let sum = 0;
    for (let k = r; k < reduced.length; k += width) sum += reduced[k]!;
    mean[r] = sum / pixels;
    let squares = 0;
    for (let k = r; k < reduced.length; k += width) squares += (reduced[k]! - mean[r]!) ** 2;
    variance[r] = squares / pixels;
  }
  return { mean, variance };
}

/** ReLU(normalised) · w1 + b1, [pixels, N]. */
export function generate(
  { pixels, width, outputs, gamma, beta, w1, b1 }: Generator,
  reduced: Float32Array,
  { mean, variance }: Statistics,
  epsilon: number,
): Float32Array {
  const h = new Float32Array(pixels * outputs);
  for (let p = 0; p < pixels; p++) {
    h.set(b1, p * outputs);
    for (let r = 0; r < width; r++) {
      const scale = gamma[r]! / Math.sqrt(variance[r]! + epsilon);
      const active = (reduced[p * width + r]! - mean[r]!) * scale + beta[r]!;
      if (active <= 0) continue;
      for (let n = 0; n < outputs; n++) h[p * outputs + n]! += active * w1[r * outputs + n]!;
    }
  }
  return h;
}

export interface GeneratorGradients {
  readonly dx: Float32Array;
  readonly dw0: Float64Array;
  readonly db0: Float64Array;
  readonly dgamma: Float64Array;
  readonly dbeta: Float64Array;
  readonly dw1: Float64Array;
  readonly db1: Float64Array;
}

/**
 * All gradients of the generator, from dh [pixels, N]. In training the statistics depend on every pixel:
 * dreduced = γ/σ · (dnormal − (Σ dnormal + normal · Σ dnormal · normal) / pixels), hence two passes.
 */
export function generatorGradients(
  generator: Generator,
  dh: Float32Array,
  { mean, variance }: Statistics,
  { training, epsilon }: { training: boolean; epsilon: number },
): GeneratorGradients {
  const { pixels, channels, width, outputs, x, w0, gamma, beta, w1 } = generator;
  const deviation = Float64Array.from(variance, (value) => Math.sqrt(value + epsilon));
  const normal = reduceChannels(generator);
  const dnormal = new Float32Array(pixels * width);
  const dgamma = new Float64Array(width);
  const dbeta = new Float64Array(width);
  const dw1 = new Float64Array(width * outputs);
  const db1 = new Float64Array(outputs);
  for (let p = 0; p < pixels; p++) {
    for (let n = 0; n < outputs; n++) db1[n]! += dh[p * outputs + n]!;
    for (let r = 0; r < width; r++) {
      const k = p * width + r;
      normal[k] = (normal[k]! - mean[r]!) / deviation[r]!;
      const active = normal[k]! * gamma[r]! + beta[r]!;
      if (active <= 0) continue;
      let gradient = 0;
      for (let n = 0; n < outputs; n++) {
        gradient += dh[p * outputs + n]! * w1[r * outputs + n]!;
        dw1[r * outputs + n]! += dh[p * outputs + n]! * active;
      }
      dnormal[k] = gradient;
      dbeta[r]! += gradient;
      dgamma[r]! += gradient * normal[k]!;
    }
  }

  const dx = new Float32Array(pixels * channels);
  const dw0 = new Float64Array(channels * width);
  const db0 = new Float64Array(width);
  for (let p = 0; p < pixels; p++) {
    for (let r = 0; r < width; r++) {
      const k = p * width + r;
      const throughStatistics = training ? (dbeta[r]! + normal[k]! * dgamma[r]!) / pixels : 0;
      const dreduced = (gamma[r]! / deviation[r]!) * (dnormal[k]! - throughStatistics);
      db0[r]! += dreduced;
      for (let c = 0; c < channels; c++) {
        dx[p * channels + c]! += dreduced * w0[c * width + r]!;
        dw0[c * width + r]! += dreduced * x[p * channels + c]!;
      }
    }
  }
  return { dx, dw0, db0, dgamma, dbeta, dw1, db1 };
}
