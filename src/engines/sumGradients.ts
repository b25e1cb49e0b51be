import {
  add,
  div,
  fill,
  Mean,
  registerGradient,
  reshape,
  Sum,
  type SumAttrs,
  type Tensor,
  util,
} from '@tensorflow/tfjs-core';

/**
 * The gradients of sums and means, without TF.js's tensor of ones: that one is filled in JavaScript and copied to the
 * engine, which takes longer than all the rest.
 */
export function registerSumGradients(): void {
  registerGradient({
    kernelName: Sum,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => {
      const axes = util.parseAxisParam((attrs as unknown as SumAttrs).axis, x!.shape);
      return { x: () => spread(dy as Tensor, x!.shape, axes) };
    },
  });
  registerGradient({
    kernelName: Mean,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => {
      const axes = util.parseAxisParam((attrs as unknown as SumAttrs).axis, x!.shape);
      const count = axes.reduce((product, axis) => product * x!.shape[axis]!, 1);
      return { x: () => spread(div(dy as Tensor, count), x!.shape, axes) };
    },
  });
}

/** What was summed over `axes`, repeated along them. */
function spread(sums: Tensor, shape: number[], axes: number[]): Tensor {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return add(fill(shape, 0), reshape(sums, kept));
}
