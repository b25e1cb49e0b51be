import { dispose, serialization, type Tensor, type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import {
  InputSpec,
  initializers,
  type LayerVariable,
  layers,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { Random } from '../random';
import { ArgumentError } from './argumentErrors';
import type { ChosenGenerator, OwnGenerator } from './generators/chosenGenerator';
import { involutionMacs, stencilSize, weightSpecs } from './generators/cost';
import { Explanation, type KernelStage } from './generators/explanation';
import type { Generation, LayerSetting, Moved, WeightSpec } from './generators/generator';
import { ops } from './generators/ops';
import { type GroupLayout, type InvolutionPadding, outputSize } from './geometry';
import { type InvolutionArgs, layerConfig, readArguments } from './layerArguments';
import { involution, type Tensor6D } from './operator';
import { pointwise } from './pointwise';

export type { InvolutionArgs } from './layerArguments';

export interface InvolutionCallArgs {
  /** Default false. A frozen layer (`trainable = false`) works as outside of training, as Keras's do. */
  training?: boolean;
  /**
   * Whether the kernels are wanted. Default true. When they are not, the second output is an empty batch of them,
   * [0,⌈H/s⌉,⌈W/s⌉,S·S,1,G], and a generator that can do without them doesn't make them.
   */
  kernels?: boolean;
}

/** What a layer of TF.js takes, or gives as far as its types know. */
type LayerValue = Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[];

/**
 * An involution: a generator makes an S×S kernel for every position (S = K, unless the generator says otherwise), and
 * it is applied there. [B,H,W,C], any H and W → [output [B,⌈H/s⌉,⌈W/s⌉,C], kernel [B,⌈H/s⌉,⌈W/s⌉,S·S,1,G]]. Generators
 * that look at strides > 1 use the average of s×s pixels as a position's own.
 *
 * The default is the layer of the Keras example "Involutional neural networks", its weights in Keras's order: conv1
 * kernel [1,1,C,R] and bias [R], gamma, beta [R], conv2 kernel [1,1,R,K·K·G] and bias, then the moving mean and the
 * moving variance [R]. Initialisers are Keras's.
 */
export class Involution extends layers.Layer {
  static readonly className = 'Involution';

  readonly groups: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly groupLayout: GroupLayout;
  readonly padding: InvolutionPadding;
  readonly seed: number | null;
  /** @internal The library's types leave it out, and with it those of schemas. */
  readonly generator: ChosenGenerator | OwnGenerator;

  private readonly variables = new Map<string, LayerVariable>();
  private seeds: Random | null = null;

  /** @throws ArgumentError for an argument that can never be right, or that there is not. */
  constructor(args: InvolutionArgs = {}) {
    super(args as ConstructorParameters<typeof layers.Layer>[0]);
    const setup = readArguments(args);
    this.groups = setup.groups;
    this.kernelSize = setup.kernelSize;
    this.strides = setup.strides;
    this.groupLayout = setup.groupLayout;
    this.padding = setup.padding;
    this.generator = setup.generator;
    this.seed = setup.seed;
    this.refuseMisfit(null);
  }

  /** Of the bottleneck generator; null for others, and where the input decides. */
  get channels(): number | null {
    return this.optionOfBottleneck('channels');
  }

  /** Of the bottleneck generator; null for others. */
  get reductionRatio(): number | null {
    return this.optionOfBottleneck('reductionRatio');
  }

  /** The side of its kernels. */
  get stencilSize(): number {
    return typeof this.generator === 'function'
      ? this.kernelSize
      : stencilSize(this.generator, this.kernelSize);
  }

  /** @throws ArgumentError when the input and the arguments don't fit each other. */
  override build(inputShape: Shape | Shape[]): void {
    const setting = this.setting(inputShape);
    this.seeds = this.seed === null ? null : new Random(this.seed);
    if (typeof this.generator === 'function') {
      const image = zeros([1, this.kernelSize, this.kernelSize, setting.channels]);
      dispose([image, this.ownKernels(this.generator, image as Tensor4D, false)]);
    } else {
      for (const spec of weightSpecs(this.generator, setting)) this.make(spec);
    }
    this.inputSpec = [new InputSpec({ ndim: 4, axes: { 3: setting.channels } })];
    super.build(inputShape);
  }

  /** The output and its kernels. */
  override apply(inputs: SymbolicTensor | SymbolicTensor[]): [SymbolicTensor, SymbolicTensor];
  override apply(inputs: Tensor | Tensor[], args?: InvolutionCallArgs): [Tensor, Tensor];
  override apply(
    inputs: LayerValue,
    args?: InvolutionCallArgs,
  ): [Tensor, Tensor] | [SymbolicTensor, SymbolicTensor];
  override apply(inputs: LayerValue, args?: object) {
    return super.apply(inputs, args) as [Tensor, Tensor] & [SymbolicTensor, SymbolicTensor];
  }

  override call(
    inputs: Tensor | Tensor[],
    { training = false, kernels = true }: InvolutionCallArgs = {},
  ): Tensor[] {
    return tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      const isTraining = training && !this.isFrozen;
      const { output, kernel } =
        typeof this.generator === 'function'
          ? this.applyOwn(this.generator, x, isTraining)
          : this.applyKind(this.generator, this.generation(x, isTraining), kernels);
      return [output, kernels ? kernel! : this.noKernels(output)];
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const { channels, groups, strides } = this.setting(inputShape);
    const [batch, height, width] = inputShape as Shape;
    const size = (side: number | null | undefined) => (side == null ? null : outputSize(side, strides));
    const position: Shape = [batch ?? null, size(height), size(width)];
    return [
      [...position, channels],
      [...position, this.stencilSize ** 2, 1, groups],
    ];
  }

  /** @throws ArgumentError with a function of one's own as generator, which no file can hold. */
  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...layerConfig(this, this.name) };
  }

  /** Multiply–accumulates per image; null where a side's length, or what a function of one's own costs, is not known. */
  macs(inputShape: Shape): number | null {
    const [, height, width] = inputShape;
    if (typeof this.generator === 'function' || height == null || width == null) return null;
    const output = outputSize(height, this.strides) * outputSize(width, this.strides);
    return involutionMacs(this.generator, this.setting(inputShape), { input: height * width, output });
  }

  /**
   * How the kernel at a position of the output comes about: from the pixel, by the stages that the generator names, to
   * the kernel.
   *
   * @param x one image [1,H,W,C], or a part that has all that the position depends on.
   */
  async explain(x: Tensor4D, row: number, column: number): Promise<KernelStage[]> {
    const { groups, strides, groupLayout, padding } = this;
    const attributes = { kernelSize: this.stencilSize, strides, groups, groupLayout, padding };
    const explanation = new Explanation(row, column, attributes);
    tidy(() => {
      explanation.note('pixel', ops.atPositions(x, strides));
      const kernels =
        typeof this.generator === 'function'
          ? this.ownKernels(this.generator, x, false)
          : this.generator.kind.generate({ ...this.generation(x, false), note: explanation.note }, ops)
              .kernels;
      explanation.note('kernel', kernels);
    });
    return explanation.stages();
  }

  /** What the kernels are applied to [B,H,W,C]: x itself, or its values where the generator's kind projects them. */
  values(x: Tensor4D): Tensor4D {
    const isProjected = typeof this.generator !== 'function' && this.generator.kind.projections?.value;
    return isProjected ? this.project(x, 'value') : x;
  }

  private optionOfBottleneck(name: 'channels' | 'reductionRatio'): number | null {
    if (typeof this.generator === 'function' || this.generator.kind.kind !== 'bottleneck') return null;
    return this.generator.options[name] as number | null;
  }

  private applyKind({ kind }: ChosenGenerator, generation: Generation, kernelsWanted: boolean) {
    const value = this.values(generation.x);
    const fused = kernelsWanted ? null : (kind.fused?.(generation, value, ops) ?? null);
    if (fused) {
      this.move(fused.moved);
      return { output: this.projected(fused.output), kernel: null };
    }
    const { kernels, moved } = kind.generate(generation, ops);
    this.move(moved);
    return { output: this.projected(this.involve(value, kernels)), kernel: kernels };
  }

  private applyOwn(generator: OwnGenerator, x: Tensor4D, training: boolean) {
    const kernel = this.ownKernels(generator, x, training);
    return { output: this.involve(x, kernel), kernel };
  }

  private ownKernels(generator: OwnGenerator, x: Tensor4D, training: boolean): Tensor6D {
    const { kernelSize, groups, strides, groupLayout, padding } = this;
    const kernels = tidy(() =>
      generator(x, {
        ...{ kernelSize, groups, strides, groupLayout, padding, training },
        weight: (name, shape, { initializer = 'glorot', trainable = true } = {}) =>
          (this.variables.get(name) ?? this.make({ name, shape, initializer, trainable })).read(),
      }),
    );
    const [, ...expected] = this.computeOutputShape(x.shape)[1]!;
    const [batch, ...received] = kernels.shape;
    if (batch !== x.shape[0] || received.join() !== expected.join()) {
      const shape = [x.shape[0], ...expected].join(', ');
      throw new ArgumentError(['{0}: what the generator returns', this.name], kernels.shape, [
        'of shape [{0}]',
        shape,
      ]);
    }
    return kernels as Tensor6D;
  }

  private generation(x: Tensor4D, training: boolean): Generation {
    const weights = Object.fromEntries([...this.variables].map(([name, weight]) => [name, weight.read()]));
    const { options } = this.generator as ChosenGenerator;
    return { x, weights, options, setting: this.setting(x.shape), training };
  }

  private involve(x: Tensor4D, kernels: Tensor6D): Tensor4D {
    const { strides, groupLayout, padding } = this;
    return involution(x, kernels, { strides, groupLayout, padding });
  }

  private projected(output: Tensor4D): Tensor4D {
    return this.variables.has('output_kernel') ? this.project(output, 'output') : output;
  }

  private project(x: Tensor4D, name: 'value' | 'output'): Tensor4D {
    const kernel = this.variables.get(`${name}_kernel`)!.read();
    return pointwise(x, kernel, this.variables.get(`${name}_bias`)?.read());
  }

  private noKernels({ shape: [, rows, columns] }: Tensor4D): Tensor {
    return zeros([0, rows, columns, this.stencilSize ** 2, 1, this.groups]);
  }

  private move(moved: Moved = {}): void {
    for (const [name, statistic] of Object.entries(moved)) this.variables.get(name)!.write(statistic!);
  }

  private make({ name, shape, initializer, trainable = true }: WeightSpec): LayerVariable {
    const initial = this.initializer(initializer);
    const variable = this.addWeight(name, [...shape], 'float32', initial, undefined, trainable);
    this.variables.set(name, variable);
    return variable;
  }

  private initializer(initializer: WeightSpec['initializer']) {
    if (initializer === 'zeros') return initializers.zeros();
    if (initializer === 'ones') return initializers.ones();
    const seed = this.seeds?.uint32() as number;
    if (initializer === 'glorot') return initializers.glorotUniform({ seed });
    return initializers.randomUniform({ minval: -initializer.limit, maxval: initializer.limit, seed });
  }

  /** All its weights are frozen: `model.trainable = false` freezes those and leaves the layer's own mark. */
  private get isFrozen(): boolean {
    return !this.trainable || (this.weights.length > 0 && this.trainableWeights.length === 0);
  }

  /** @throws ArgumentError when the input has not the rank, or the channels, that the layer needs. */
  private setting(inputShape: Shape | Shape[]): LayerSetting {
    const channels = inputShape.length === 4 ? inputShape[3] : null;
    if (typeof channels !== 'number') {
      throw new ArgumentError(["{0}: the input's shape", this.name], inputShape, [
        'of rank 4, [batch, height, width, channels], its channels known',
      ]);
    }
    const { groups, kernelSize, strides, groupLayout, padding } = this;
    if (channels % groups !== 0) {
      throw new ArgumentError(`${this.name}: groups`, groups, [
        "a divisor of the input's {0} channels",
        channels,
      ]);
    }
    this.refuseMisfit(channels);
    return { channels, groups, kernelSize, strides, groupLayout, padding };
  }

  private refuseMisfit(channels: number | null): void {
    if (typeof this.generator === 'function') return;
    const { groups, kernelSize, strides, groupLayout, padding } = this;
    const { kind, options } = this.generator;
    const misfit = kind.misfit?.({ channels, groups, kernelSize, strides, groupLayout, padding }, options);
    if (misfit) throw new ArgumentError(`${this.name}: ${misfit.argument}`, misfit.received, misfit.allowed);
  }
}
serialization.registerClass(Involution);
