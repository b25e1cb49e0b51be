import { groupOfChannel, type InvolutionGeometry } from '../../../src/core/involution/geometry';

/**
 * The definition, written out as one loop nest in double precision; x, kernel and dy are flat arrays. Everything
 * else is compared with this.
 */
export function naiveInvolution(x: Float32Array, kernel: Float32Array, geometry: InvolutionGeometry) {
  const y = new Float64Array(sizes(geometry).y);
  visit(geometry, (output, input, weight) => {
    y[output]! += kernel[weight]! * x[input]!;
  });
  return y;
}

/** The gradients of Σ dy · y. */
export function naiveInvolutionGradients(
  x: Float32Array,
  kernel: Float32Array,
  dy: Float32Array,
  geometry: InvolutionGeometry,
) {
  const dx = new Float64Array(sizes(geometry).x);
  const dkernel = new Float64Array(sizes(geometry).kernel);
  visit(geometry, (output, input, weight) => {
    dx[input]! += kernel[weight]! * dy[output]!;
    dkernel[weight]! += dy[output]! * x[input]!;
  });
  return { dx, dkernel };
}

/** Element counts of the three arrays. */
export function sizes(geometry: InvolutionGeometry) {
  const { batch, height, width, channels, outHeight, outWidth, kernelSize, groups } = geometry;
  return {
    x: batch * height * width * channels,
    y: batch * outHeight * outWidth * channels,
    kernel: batch * outHeight * outWidth * kernelSize * kernelSize * groups,
  };
}

/** Calls back with the flat indices of every product: y[output] += kernel[weight] · x[input]. */
function visit(
  geometry: InvolutionGeometry,
  product: (output: number, input: number, weight: number) => void,
): void {
  const { batch, height, width, channels, outHeight, outWidth, kernelSize, strides, padTop, padLeft } =
    geometry;
  const { groups, groupLayout } = geometry;
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++)
        for (let u = 0; u < kernelSize; u++)
          for (let v = 0; v < kernelSize; v++) {
            const row = i * strides + u - padTop;
            const column = j * strides + v - padLeft;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const position = (b * outHeight + i) * outWidth + j;
            const tap = position * kernelSize * kernelSize + u * kernelSize + v;
            for (let c = 0; c < channels; c++) {
              product(
                position * channels + c,
                ((b * height + row) * width + column) * channels + c,
                tap * groups + groupOfChannel(c, channels, groups, groupLayout),
              );
            }
          }
}
