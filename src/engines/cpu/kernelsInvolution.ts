import type { InvolutionGeometry } from '../../core/involution/geometry';

/**
 * Involution and its gradients on flat arrays. All three walk the same runs: a row of windows seen through one of
 * their K·K taps, so that the inner loops meet no border and read memory forwards.
 *
 * @param x [B,H,W,C].
 * @param kernel [B,Ho,Wo,K·K,1,G].
 * @returns [B,Ho,Wo,C].
 */
export function involutionForward(
  x: Float32Array,
  kernel: Float32Array,
  geometry: InvolutionGeometry,
): Float32Array {
  const y = new Float32Array(outputPositions(geometry) * geometry.channels);
  const { groups, perGroup, start, step } = groupChannels(geometry);
  const strides = runStrides(geometry);
  forEachRun(geometry, (output, input, weight, count) => {
    for (let j = 0; j < count; j++) {
      for (let g = 0; g < groups; g++) {
        const w = kernel[weight + g]!;
        for (let d = 0, c = g * start; d < perGroup; d++, c += step) y[output + c]! += w * x[input + c]!;
      }
      output += strides.output;
      input += strides.input;
      weight += strides.weight;
    }
  });
  return y;
}

/** @returns dx [B,H,W,C]. */
export function involutionInputGradient(
  dy: Float32Array,
  kernel: Float32Array,
  geometry: InvolutionGeometry,
): Float32Array {
  const { batch, height, width, channels } = geometry;
  const dx = new Float32Array(batch * height * width * channels);
  const { groups, perGroup, start, step } = groupChannels(geometry);
  const strides = runStrides(geometry);
  forEachRun(geometry, (output, input, weight, count) => {
    for (let j = 0; j < count; j++) {
      for (let g = 0; g < groups; g++) {
        const w = kernel[weight + g]!;
        for (let d = 0, c = g * start; d < perGroup; d++, c += step) dx[input + c]! += w * dy[output + c]!;
      }
      output += strides.output;
      input += strides.input;
      weight += strides.weight;
    }
  });
  return dx;
}

/** @returns dkernel [B,Ho,Wo,K·K,1,G]. */
export function involutionKernelGradient(
  dy: Float32Array,
  x: Float32Array,
  geometry: InvolutionGeometry,
): Float32Array {
  const { groups, perGroup, start, step } = groupChannels(geometry);
  const strides = runStrides(geometry);
  const dkernel = new Float32Array(outputPositions(geometry) * strides.weight);
  forEachRun(geometry, (output, input, weight, count) => {
    for (let j = 0; j < count; j++) {
      for (let g = 0; g < groups; g++) {
        let sum = 0;
        for (let d = 0, c = g * start; d < perGroup; d++, c += step) sum += dy[output + c]! * x[input + c]!;
        dkernel[weight + g] = sum;
      }
      output += strides.output;
      input += strides.input;
      weight += strides.weight;
    }
  });
  return dkernel;
}

function outputPositions({ batch, outHeight, outWidth }: InvolutionGeometry): number {
  return batch * outHeight * outWidth;
}

/** Group g's channels are g·start, g·start + step, …: `perGroup` of them. */
function groupChannels({ channels, groups, groupLayout }: InvolutionGeometry) {
  const perGroup = channels / groups;
  return groupLayout === 'interleaved'
    ? { groups, perGroup, start: 1, step: groups }
    : { groups, perGroup, start: perGroup, step: 1 };
}

/** From one window of a run to the next. */
function runStrides({ channels, strides, kernelSize, groups }: InvolutionGeometry) {
  return { output: channels, input: strides * channels, weight: kernelSize * kernelSize * groups };
}

/**
 * Calls back for each row of windows and each tap, with where the run begins in y, in x and in the kernel and how many
 * windows it has: those whose tap lies inside the image.
 */
function forEachRun(
  geometry: InvolutionGeometry,
  run: (output: number, input: number, weight: number, count: number) => void,
): void {
  const { batch, height, width, channels, outHeight, outWidth, kernelSize, strides, groups } = geometry;
  const { padTop, padLeft } = geometry;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let u = 0; u < kernelSize; u++) {
        const row = i * strides + u - padTop;
        if (row < 0 || row >= height) continue;
        for (let v = 0; v < kernelSize; v++) {
          const first = Math.max(Math.ceil((padLeft - v) / strides), 0);
          const end = Math.min(Math.ceil((width + padLeft - v) / strides), outWidth);
          if (end <= first) continue;
          const position = (b * outHeight + i) * outWidth + first;
          const column = first * strides + v - padLeft;
          run(
            position * channels,
            ((b * height + row) * width + column) * channels,
            (position * kernelSize * kernelSize + u * kernelSize + v) * groups,
            end - first,
          );
        }
      }
    }
  }
}
