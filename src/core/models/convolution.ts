import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  FusedConv2D,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

const run = (kernelName: string, inputs: Record<string, Tensor>, attrs: object): Tensor =>
  engine().runKernel(kernelName, inputs as NamedTensorMap, attrs as NamedAttrMap);

// TF.js differentiates its fused ops by a gradient of their own in each call, and leaves the kernel without one.
registerGradient({
  kernelName: FusedConv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, [x, filter], { activation, ...geometry }) => {
    if (activation !== 'linear')
      throw new Error(
        `${FusedConv2D} has a gradient here without an activation only, not with ${activation}.`,
      );
    const shaped = (shape: object) => ({ ...geometry, ...shape });
    return {
      x: () =>
        run(Conv2DBackpropInput, { dy: dy as Tensor, filter: filter! }, shaped({ inputShape: x!.shape })),
      filter: () =>
        run(Conv2DBackpropFilter, { x: x!, dy: dy as Tensor }, shaped({ filterShape: filter!.shape })),
      bias: () => sum(dy as Tensor, [0, 1, 2]),
    };
  },
});

const geometry = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

/**
 * TF.js's conv2d layer, 3×3, 'same' and linear, on the same kernel. The layer's own gradient always computes that of
 * its input too; this one does when something before it learns. For the first layer, whose input are the images,
 * nothing does, and that was a sixth of the convolution network's step.
 */
export function convolution(args: {
  filters: number;
  kernelInitializer: NonNullable<Parameters<typeof layers.conv2d>[0]['kernelInitializer']>;
  inputShape?: number[];
  name: string;
}): layers.Layer {
  const layer = layers.conv2d({ ...args, kernelSize: 3, padding: 'same' });
  layer.call = (inputs) =>
    tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [filter, bias] = layer.weights.map((weight) => weight.read());
      return run(FusedConv2D, { x, filter: filter!, bias: bias! }, { ...geometry, activation: 'linear' });
    });
  return layer;
}
