import {
  add,
  concat,
  conv2d,
  serialization,
  split,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { outputSize } from '../involution/geometry';

type Initializer = ReturnType<typeof initializers.zeros>;

export interface GroupedConvolutionArgs {
  filters: number;
  kernelSize: [height: number, width: number];
  strides: [vertical: number, horizontal: number];
  padding: 'same' | 'valid';
  groups: number;
  useBias: boolean;
  kernelInitializer: serialization.ConfigDict;
  name?: string;
}

/**
 * A convolution whose filters fall into groups, each of which sees its part of the channels: [B,H,W,C] →
 * [B,Ho,Wo,filters]. TF.js has none; the arguments and weights (kernel [K,K,C/groups,filters], bias [filters]) are those
 * of Keras's Conv2D.
 */
export class GroupedConvolution extends layers.Layer {
  static readonly className = 'GroupedConvolution';
  private kernel!: LayerVariable;
  private bias: LayerVariable | null = null;

  constructor(private readonly args: GroupedConvolutionArgs) {
    super(args as ConstructorParameters<typeof layers.Layer>[0]);
  }

  override build(inputShape: Shape | Shape[]): void {
    const { filters, kernelSize, groups, useBias, kernelInitializer } = this.args;
    const channels = (inputShape as number[]).at(-1)!;
    const { config } = kernelInitializer as unknown as {
      config: Parameters<typeof initializers.varianceScaling>[0];
    };
    const weight = (name: string, shape: Shape, initializer: Initializer) =>
      this.addWeight(name, shape, 'float32', initializer);
    const scaled = initializers.varianceScaling(config);
    this.kernel = weight('kernel', [...kernelSize, channels / groups, filters], scaled);
    if (useBias) this.bias = weight('bias', [filters], initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const { groups, strides, padding } = this.args;
    return tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      const kernels = split(this.kernel.read() as Tensor4D, groups, 3);
      const parts = split(x, groups, 3).map((part, group) =>
        conv2d(part as Tensor4D, kernels[group] as Tensor4D, strides, padding),
      );
      const y = concat(parts, 3);
      return this.bias ? add(y, this.bias.read()) : y;
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { filters, kernelSize, strides, padding } = this.args;
    const [batch, ...sides] = inputShape as (number | null)[];
    const along = (axis: 0 | 1) => {
      const side = sides[axis];
      if (side == null) return null;
      return outputSize(padding === 'same' ? side : side - kernelSize[axis] + 1, strides[axis]);
    };
    return [batch!, along(0), along(1), filters];
  }

  override getConfig(): serialization.ConfigDict {
    const { filters, kernelSize, strides, padding, groups, useBias, kernelInitializer } = this.args;
    return {
      ...super.getConfig(),
      ...{ filters, kernelSize, strides, padding, groups, useBias, kernelInitializer },
    };
  }
}
serialization.registerClass(GroupedConvolution);
