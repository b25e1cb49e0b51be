import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  FusedConv2D,
  type NamedAttrMap,
  type NamedTensorMap,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { registerGradients } from '../customKernels';

const run = (kernelName: string, inputs: Record<string, Tensor>, attrs: object): Tensor =>
  engine().runKernel(kernelName, inputs as NamedTensorMap, attrs as NamedAttrMap);

// TF.js differentiates its fused ops by a gradient of their own in each call, and leaves the kernel without one.
registerGradients([
  {
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
  },
]);

const geometry = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

const Conv2D = layers.conv2d({ filters: 1, kernelSize: 1 }).constructor as typeof layers.Layer;

/**
 * TF.js's Conv2D. Its own gradient always computes that of its input too; this one does when something before it
 * learns. For the first layer, whose input are the images, nothing does, and that was a sixth of the convolution
 * network's step. Under TF.js's class name, since to every other program the two are the same.
 */
export class Convolution extends Conv2D {
  static readonly className: string = 'Conv2D';

  override call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[] {
    if (!this.isPlain()) return super.call(inputs, kwargs as never);
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [filter, bias] = this.weights.map((weight) => weight.read());
      return run(FusedConv2D, { x, filter: filter!, bias: bias! }, { ...geometry, activation: 'linear' });
    });
  }

  /** 'same', linear and with a bias, one pixel after the other. */
  private isPlain(): boolean {
    const { padding, strides, activation, useBias, dilationRate } = this.getConfig();
    const isOne = (sides: unknown) => [sides].flat().every((side) => side === 1);
    return (
      padding === 'same' &&
      activation === 'linear' &&
      useBias === true &&
      isOne(strides) &&
      isOne(dilationRate)
    );
  }
}
