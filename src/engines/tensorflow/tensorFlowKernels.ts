import {
  backend_util,
  FusedConv2D,
  type FusedConv2DAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  relu,
  Sum,
  type SumAttrs,
  type Tensor,
  type TensorInfo,
  tidy,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import { reluGradKernel } from '../reluGradient';
import type { OpAttribute, TensorFlowBackend } from './backend';
import type { KernelReplacements } from './kernelReplacements';

/**
 * Where one op of TensorFlow does what tfjs-node does in several, or does slowly, it takes their place. Arguments
 * that the op is not made for go to tfjs-node's kernel as before.
 */
export function replaceSlowKernels(backend: TensorFlowBackend, kernels: KernelReplacements): void {
  const { float, nhwc } = attributesOf(backend);

  kernels.replace(reluGradKernel, () => ({ inputs: { dy, y } }) => {
    return backend.executeSingleOutput('ReluGrad', [float], [dy!, y!]);
  });

  // The sum over all but the last dimension: the gradient of a bias.
  kernels.replace(Sum, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const { axis, keepDims } = args.attrs as unknown as SumAttrs;
    const axes = util.parseAxisParam(axis, x.shape);
    const last = x.shape.length - 1;
    const overPixels = last > 0 && axes.length === last && !axes.includes(last);
    if (!overPixels || keepDims || x.dtype !== 'float32') return stock(args);
    return backend.executeSingleOutput('BiasAddGrad', [float, nhwc], [x]);
  });

  if (hasOneDnn(backend)) replaceByOneDnn(backend, kernels);
}

/**
 * TensorFlow's graphs run on oneDNN's kernels for x86; op by op, as tfjs-node runs them, it takes most of them too, but
 * neither the gradient of max-pooling (73 ms against 6 ms on [256,32,32,32]) nor a convolution that adds the bias.
 * They are there under names of their own.
 */
function replaceByOneDnn(backend: TensorFlowBackend, kernels: KernelReplacements): void {
  const { float, nhwc, flag, text, windows } = attributesOf(backend);

  kernels.replace(MaxPoolGrad, (stock) => (args) => {
    const { dy, input } = args.inputs as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = args.attrs as unknown as MaxPoolGradAttrs;
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (info.padInfo.type !== 'SAME' && info.padInfo.type !== 'VALID') return stock(args);
    const attributes = [
      ...oneDnn(backend),
      float,
      nhwc,
      text('padding', info.padInfo.type),
      windows('ksize', info.filterHeight, info.filterWidth),
      windows('strides', info.strideHeight, info.strideWidth),
      flag('workspace_enabled', true),
    ];
    return tidy(() => {
      // Pooling again is how to get the workspace, where oneDNN notes which pixel of each window won.
      const [output, workspace] = backend.executeMultipleOutputs(
        '_MklNativeMaxPool',
        attributes,
        [input],
        2,
      ) as [Tensor, Tensor];
      return backend.executeSingleOutput('_MklNativeMaxPoolGrad', attributes, [input, output, dy, workspace]);
    });
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
    return tidy(() => {
      const y = backend.executeSingleOutput('_MklNativeConv2DWithBias', attributes, inputs);
      return activation === 'relu' ? relu(y) : y;
    });
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

/** Attributes of TensorFlow's ops, as the binding takes them. */
function attributesOf({ binding }: TensorFlowBackend) {
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT } = binding;
  const text = (name: string, value: string): OpAttribute => ({ name, type: TF_ATTR_STRING, value });
  return {
    float: { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT } as OpAttribute,
    nhwc: text('data_format', 'NHWC'),
    text,
    flag: (name: string, value: boolean): OpAttribute => ({ name, type: TF_ATTR_BOOL, value }),
    /** Of an image's two sides; 1 for the batch and the channels. */
    windows: (name: string, height: number, width: number): OpAttribute => ({
      name,
      type: TF_ATTR_INT,
      value: [1, height, width, 1],
    }),
  };
}
