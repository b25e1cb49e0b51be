import { add, div, maximum, mul, sqrt, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Gradients scaled down together so that their global norm √Σg² is at most `clipNorm`; unchanged when it is already
 * (TensorFlow's `clip_by_global_norm`).
 */
export function clipByGlobalNorm(gradients: readonly Tensor[], clipNorm: number): Tensor[] {
  return tidy(() => {
    const squares = gradients.map((gradient) => sum(square(gradient)));
    const norm = sqrt(squares.reduce((total, square) => add(total, square)));
    const scale = div(clipNorm, maximum(norm, clipNorm));
    return gradients.map((gradient) => mul(gradient, scale));
  });
}
