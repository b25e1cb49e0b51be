import type { InvolutionGeometry } from './geometry';

/**
 * What the window of an output position sees of an image: K·K·C values, zero where it leaves the image.
 * @param values height · width · channels.
 */
export function neighbourhood(
  values: Float32Array,
  geometry: InvolutionGeometry,
  row: number,
  column: number,
): Float32Array {
  const { height, width, channels, kernelSize, strides, padTop, padLeft } = geometry;
  const window = new Float32Array(kernelSize ** 2 * channels);
  for (let u = 0; u < kernelSize; u++) {
    const y = row * strides + u - padTop;
    for (let v = 0; v < kernelSize; v++) {
      const x = column * strides + v - padLeft;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      const pixel = (y * width + x) * channels;
      window.set(values.subarray(pixel, pixel + channels), (u * kernelSize + v) * channels);
    }
  }
  return window;
}
