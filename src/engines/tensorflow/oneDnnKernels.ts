import {
  backend_util,
  clone,
  FusedConv2D,
  type FusedConv2DAttrs,
  keep,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  Sum,
  type SumAttrs,
  type Tensor,
  type TensorInfo,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { reluGradKernel } from '../reluGradient';
import type { OpAttribute, TensorFlowBackend } from './backend';
import type { Disposal } from './disposal';
import type { KernelReplacements } from './kernelReplacements';
import { LateRelus } from './lateRelus';
import { attributesOf } from './opAttributes';
import { isOverPixels } from './tensorFlowKernels';

/**
 * TensorFlow's graphs run on oneDNN's kernels for x86; op by op, as tfjs-node runs them, it takes most of them too, but
 * neither max-pooling, whose gradient is twelve times as fast there, nor a convolution that adds the bias.
 * They are there under names of their own, and taken where they are.
 */
export function replaceByOneDnn(
  backend: TensorFlowBackend,
  kernels: KernelReplacements,
  disposal: Disposal,
): void {
  if (!hasOneDnn(backend)) return;
  const { float, nhwc, flag, text, windows } = attributesOf(backend);

  /** By the data id of what pooling gave: where oneDNN noted which pixel of each window won. */
  const workspaces = new WeakMap<object, Tensor>();
  const relus = new LateRelus(backend, disposal);
  /** By the data id of what was pooled, or of its gradient: that of the ReLU before the pooling, which was done behind it. */
  const rectified = new WeakMap<object, object>();
  /**
   * By the data id of a gradient of what was pooled: that of what pooling gave, which is smaller. Each of its values
   * goes to one pixel, so a channel's sum, the gradient of a bias before the pooling, is that of both.
   */
  const pooledGradients = new WeakMap<object, Tensor>();

  const poolingAttributes = (x: TensorInfo, attrs: MaxPoolAttrs) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const shape = x.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (x.dtype !== 'float32' || (info.padInfo.type !== 'SAME' && info.padInfo.type !== 'VALID')) return null;
    return [
      ...oneDnn(backend),
      float,
      nhwc,
      text('padding', info.padInfo.type),
      windows('ksize', info.filterHeight, info.filterWidth),
      windows('strides', info.strideHeight, info.strideWidth),
      flag('workspace_enabled', true),
    ];
  };
  const pool = (x: TensorInfo, attributes: OpAttribute[]) =>
    backend.executeMultipleOutputs('_MklNativeMaxPool', attributes, [x], 2) as [Tensor, Tensor];

  kernels.replace(MaxPool, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const attributes = poolingAttributes(x, args.attrs as unknown as MaxPoolAttrs);
    if (!attributes) return stock(args);
    const waiting = relus.before(x);
    const [pooled, workspace] = pool(waiting ?? x, attributes);
    const y = waiting ? backend.executeSingleOutput('Relu', [float], [pooled]) : pooled;
    if (waiting) {
      pooled.dispose();
      rectified.set(y.dataId, x.dataId);
    }
    workspaces.set(y.dataId, keep(workspace));
    disposal.with(y.dataId, () => workspace.dispose());
    return y;
  });

  kernels.replace(MaxPoolGrad, (stock) => (args) => {
    const { dy, input, output } = args.inputs as Record<'dy' | 'input' | 'output', TensorInfo>;
    const attributes = poolingAttributes(input, args.attrs as unknown as MaxPoolGradAttrs);
    if (!attributes) return stock(args);
    return tidy(() => {
      const image = relus.before(input) ?? input;
      const workspace = workspaces.get(output.dataId) ?? pool(image, attributes)[1];
      const isRectified = rectified.get(output.dataId) === input.dataId;
      const given = isRectified ? backend.executeSingleOutput('ReluGrad', [float], [dy, output]) : dy;
      const inputs = [image, output, given, workspace];
      const dx = backend.executeSingleOutput('_MklNativeMaxPoolGrad', attributes, inputs);
      if (isRectified) rectified.set(dx.dataId, input.dataId);
      const pooled = keep(clone(given as Tensor));
      pooledGradients.set(dx.dataId, pooled);
      disposal.with(dx.dataId, () => pooled.dispose());
      return dx;
    });
  });

  kernels.replace(Sum, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const pooled = pooledGradients.get(x.dataId);
    const { axis } = args.attrs as unknown as SumAttrs;
    return stock(pooled && isOverPixels(x, axis) ? { ...args, inputs: { x: pooled } } : args);
  });

  kernels.replace(reluGradKernel, () => (args) => {
    const { dy, y } = args.inputs as { dy: Tensor; y: TensorInfo };
    if (rectified.get(dy.dataId) === y.dataId) return clone(dy);
    return backend.executeSingleOutput('ReluGrad', [float], [dy, relus.before(y) ?? y]);
  });

  kernels.replace(FusedConv2D, (stock) => (args) => {
    const { x, filter, bias } = args.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const { strides, pad, dataFormat, dilations, dimRoundingMode, activation } =
      args.attrs as unknown as FusedConv2DAttrs;
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number, number],
      strides,
      dilations,
      pad,
      dimRoundingMode,
    );
    const padded = info.padInfo.type === 'SAME' || info.padInfo.type === 'VALID';
    const activated = activation === 'linear' || activation === 'relu';
    if (bias?.shape.length !== 1 || dataFormat !== 'NHWC' || !padded || !activated) return stock(args);
    const attributes = [
      ...oneDnn(backend),
      float,
      nhwc,
      text('padding', info.padInfo.type),
      windows('strides', info.strideHeight, info.strideWidth),
      windows('dilations', info.dilationHeight, info.dilationWidth),
    ];
    const inputs = [x, filter, bias];
    const y = backend.executeSingleOutput('_MklNativeConv2DWithBias', attributes, inputs);
    return activation === 'relu' ? relus.of(y) : y;
  });
}

/** oneDNN's kernels are registered under a label, so that nobody takes them unawares. */
const oneDnn = (backend: TensorFlowBackend) => [attributesOf(backend).text('_kernel', 'MklNameChangeOp')];

/** Tries one: another processor, or a TensorFlow built without oneDNN, has none. */
function hasOneDnn(backend: TensorFlowBackend): boolean {
  if (backend.isUsingGpuDevice) return false;
  const { float, nhwc, flag, text, windows } = attributesOf(backend);
  const sides = [windows('ksize', 2, 2), windows('strides', 2, 2)];
  const attributes = [
    ...oneDnn(backend),
    float,
    nhwc,
    text('padding', 'VALID'),
    ...sides,
    flag('workspace_enabled', true),
  ];
  try {
    tidy(() => backend.executeMultipleOutputs('_MklNativeMaxPool', attributes, [zeros([1, 2, 2, 1])], 2));
    return true;
  } catch {
    return false;
  }
}
