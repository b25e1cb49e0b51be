import {
  add,
  mul,
  reshape,
  serialization,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import {
  InputSpec,
  initializers,
  type LayerVariable,
  layers,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { Random } from '../random';
import { ArgumentError, oneOf, positiveInteger } from './argumentErrors';
import { averagePool } from './averagePool';
import { type GroupLayout, groupLayouts, outputSize } from './geometry';
import { involution, kernelGeneration, type Tensor6D } from './operator';
import { hasRankOneInvolution, rankOneInvolution } from './rankOne';

export interface InvolutionArgs {
  /** The width that the reduction is taken from (the Keras example's `channel`). Default: the input's channels. */
  channels?: number | null;
  /** Default 1. Must divide the input's channels. */
  groups?: number;
  /** K, even or odd. Default 3. */
  kernelSize?: number;
  /** Default 1. */
  strides?: number;
  /** The generator is ⌊channels / reductionRatio⌋ wide. Default 1. */
  reductionRatio?: number;
  /** Default 'interleaved'. */
  groupLayout?: GroupLayout;
  /** Makes the initial weights reproducible. */
  seed?: number | null;
  name?: string;
  trainable?: boolean;
}

interface CallArgs {
  training?: boolean;
  kernels?: boolean;
}

/** What a layer of TF.js takes, or gives as far as its types know. */
type LayerValue = Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[];
type Initializer = ReturnType<typeof initializers.zeros>;

const batchNormalization = { momentum: 0.99, epsilon: 1e-3 };

/**
 * The involution layer of the Keras example "Involutional neural networks": it generates a K×K kernel for every
 * position (average pooling, when strides > 1 → 1×1 convolution → batch normalisation → ReLU → 1×1 convolution) and
 * applies it there. [B,H,W,C], any H and W → [output [B,⌈H/s⌉,⌈W/s⌉,C], kernel [B,⌈H/s⌉,⌈W/s⌉,K·K,1,G]].
 *
 * Weights, in Keras's order: conv1 kernel [1,1,C,R] and bias [R], gamma, beta [R], conv2 kernel [1,1,R,K·K·G] and
 * bias, then the moving mean and the moving variance [R]. Initialisers are Keras's.
 */
export class Involution extends layers.Layer {
  static readonly className = 'Involution';

  readonly channels: number | null;
  readonly groups: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly reductionRatio: number;
  readonly groupLayout: GroupLayout;
  readonly seed: number | null;

  private generator!: Record<
    'conv1Kernel' | 'conv1Bias' | 'gamma' | 'beta' | 'conv2Kernel' | 'conv2Bias' | 'mean' | 'variance',
    LayerVariable
  >;

  /** @throws ArgumentError for an argument that can never be right. */
  constructor(args: InvolutionArgs = {}) {
    super(args as ConstructorParameters<typeof layers.Layer>[0]);
    this.channels = args.channels == null ? null : positiveInteger('channels', args.channels);
    this.groups = positiveInteger('groups', args.groups ?? 1);
    this.kernelSize = positiveInteger('kernelSize', args.kernelSize ?? 3);
    this.strides = positiveInteger('strides', args.strides ?? 1);
    this.reductionRatio = positiveInteger('reductionRatio', args.reductionRatio ?? 1);
    this.groupLayout = oneOf('groupLayout', args.groupLayout ?? 'interleaved', groupLayouts);
    this.seed = args.seed ?? null;
    if (this.channels !== null) this.reducedWidth(this.channels);
  }

  /** @throws ArgumentError when the input and the arguments don't fit each other. */
  override build(inputShape: Shape | Shape[]): void {
    const channels = this.inputChannels(inputShape);
    const width = this.reducedWidth(this.channels ?? channels);
    const seeds = this.seed === null ? null : new Random(this.seed);
    const kernel = () => initializers.glorotUniform({ seed: seeds?.uint32() });
    const weight = (name: string, shape: Shape, initializer: Initializer, trainable = true) =>
      this.addWeight(name, shape, 'float32', initializer, undefined, trainable);
    const outputs = this.kernelSize ** 2 * this.groups;
    this.generator = {
      conv1Kernel: weight('conv1_kernel', [1, 1, channels, width], kernel()),
      conv1Bias: weight('conv1_bias', [width], initializers.zeros()),
      gamma: weight('gamma', [width], initializers.ones()),
      beta: weight('beta', [width], initializers.zeros()),
      conv2Kernel: weight('conv2_kernel', [1, 1, width, outputs], kernel()),
      conv2Bias: weight('conv2_bias', [outputs], initializers.zeros()),
      mean: weight('moving_mean', [width], initializers.zeros(), false),
      variance: weight('moving_variance', [width], initializers.ones(), false),
    };
    this.inputSpec = [new InputSpec({ ndim: 4, axes: { 3: channels } })];
    super.build(inputShape);
  }

  /** The output and its kernels. */
  override apply(inputs: SymbolicTensor | SymbolicTensor[]): [SymbolicTensor, SymbolicTensor];
  override apply(inputs: Tensor | Tensor[], args?: CallArgs): [Tensor, Tensor];
  override apply(inputs: LayerValue, args?: CallArgs): [Tensor, Tensor] | [SymbolicTensor, SymbolicTensor];
  override apply(inputs: LayerValue, args?: object) {
    return super.apply(inputs, args) as [Tensor, Tensor] & [SymbolicTensor, SymbolicTensor];
  }

  /**
   * @param kernels whether the kernels are wanted. When they are not, the second output is empty, and an engine that
   * can do without them doesn't make them.
   */
  override call(inputs: Tensor | Tensor[], { training = false, kernels = true }: CallArgs = {}): Tensor[] {
    return tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      if (!kernels && this.isRankOne && hasRankOneInvolution())
        return [this.applyRankOne(x, training), zeros([0])];
      const kernel = this.generate(this.strides > 1 ? averagePool(x, this.strides) : x, training);
      const output = involution(x, kernel, { strides: this.strides, groupLayout: this.groupLayout });
      return [output, kernels ? kernel : zeros([0])];
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const channels = this.inputChannels(inputShape);
    const [batch, height, width] = inputShape as Shape;
    const size = (side: number | null | undefined) => (side == null ? null : outputSize(side, this.strides));
    const position: Shape = [batch ?? null, size(height), size(width)];
    return [
      [...position, channels],
      [...position, this.kernelSize ** 2, 1, this.groups],
    ];
  }

  override getConfig(): serialization.ConfigDict {
    const { channels, groups, kernelSize, strides, reductionRatio, groupLayout, seed } = this;
    return {
      ...super.getConfig(),
      channels,
      groups,
      kernelSize,
      strides,
      reductionRatio,
      groupLayout,
      seed,
    };
  }

  /** [B,Ho,Wo,C] → [B,Ho,Wo,K·K,1,G]; in training the moving statistics take a step towards the batch's. */
  private generate(x: Tensor4D, training: boolean): Tensor6D {
    const attrs = { training, epsilon: batchNormalization.epsilon };
    const { w0, w1, ...rest } = this.readGenerator();
    const weights = { w0: asMatrix(w0), w1: asMatrix(w1), ...rest };
    const [h, mean, variance] = kernelGeneration(x, weights, attrs);
    if (training) {
      moveTowards(this.generator.mean, mean);
      moveTowards(this.generator.variance, variance);
    }
    return this.arrange(h);
  }

  /** A generator of one hidden value for one group: see rankOne.ts. */
  private get isRankOne(): boolean {
    return this.strides === 1 && this.groups === 1 && this.generator.gamma.shape[0] === 1;
  }

  private applyRankOne(x: Tensor4D, training: boolean): Tensor4D {
    const attrs = { training, ...batchNormalization, kernelSize: this.kernelSize };
    const { y, movingMean, movingVariance } = rankOneInvolution(x, this.readGenerator(), attrs);
    if (training) {
      this.generator.mean.write(movingMean);
      this.generator.variance.write(movingVariance);
    }
    return y;
  }

  /** The generator's weights as they are; its 1×1 convolutions' kernels as [1,1,A,B]. */
  private readGenerator() {
    const { conv1Kernel, conv1Bias, gamma, beta, conv2Kernel, conv2Bias, mean, variance } = this.generator;
    return {
      w0: conv1Kernel.read() as Tensor4D,
      b0: conv1Bias.read() as Tensor1D,
      gamma: gamma.read() as Tensor1D,
      beta: beta.read() as Tensor1D,
      w1: conv2Kernel.read() as Tensor4D,
      b1: conv2Bias.read() as Tensor1D,
      mean: mean.read() as Tensor1D,
      variance: variance.read() as Tensor1D,
    };
  }

  /** The generator's channels put in K·K·G order, whichever the group layout. */
  private arrange(h: Tensor4D): Tensor6D {
    const [batch, height, width] = h.shape;
    const taps = this.kernelSize ** 2;
    const grouped =
      this.groupLayout === 'interleaved'
        ? h
        : transpose(reshape(h, [batch * height * width, this.groups, taps]), [0, 2, 1]);
    return reshape(grouped, [batch, height, width, taps, 1, this.groups]);
  }

  private inputChannels(inputShape: Shape | Shape[]): number {
    const channels = inputShape.length === 4 ? inputShape[3] : null;
    if (typeof channels !== 'number') {
      const allowed = 'of rank 4, [batch, height, width, channels], its channels known';
      throw new ArgumentError(`${this.name}: the input's shape`, inputShape, allowed);
    }
    if (channels % this.groups !== 0) {
      throw new ArgumentError(
        `${this.name}: groups`,
        this.groups,
        `a divisor of the input's ${channels} channels`,
      );
    }
    return channels;
  }

  private reducedWidth(channels: number): number {
    const width = Math.floor(channels / this.reductionRatio);
    if (width < 1) {
      throw new ArgumentError(
        `${this.name}: reductionRatio`,
        this.reductionRatio,
        `at most the ${channels} channels`,
      );
    }
    return width;
  }
}
serialization.registerClass(Involution);

/** A 1×1 convolution's kernel [1,1,A,B] as [A,B]. */
function asMatrix(kernel: Tensor4D): Tensor2D {
  return reshape(kernel, [kernel.shape[2], kernel.shape[3]]);
}

function moveTowards(statistic: LayerVariable, batch: Tensor): void {
  const { momentum } = batchNormalization;
  statistic.write(add(mul(statistic.read(), momentum), mul(batch, 1 - momentum)));
}
