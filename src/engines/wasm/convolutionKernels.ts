import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  FusedConv2D,
  type FusedConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { Convolutions } from './convolution';
import type { Geometry } from './convolutionGeometry';
import type { Heap } from './heap';
import { clampOf, type Matrix } from './operands';
import { addKernel, replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Convolution and its two gradients; TF.js's wasm backend has a convolution of one thread and one slow gradient. */
export function registerConvolutionKernels(heap: Heap, threads: Threads): void {
  const convolutions = new Convolutions(heap, threads);

  replaceKernel(Conv2D, () => ({ inputs, attrs }) => {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
    return convolve(x, filter, undefined, attrs as unknown as Conv2DAttrs, 'linear');
  });

  replaceKernel(FusedConv2D, (stock) => (args) => {
    const { x, filter, bias } = args.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const attrs = args.attrs as unknown as FusedConv2DAttrs;
    assertNhwc(FusedConv2D, attrs.dataFormat);
    const isOurs = clampOf(attrs.activation) && (!bias || bias.shape.length === 1);
    return isOurs ? convolve(x, filter, bias, attrs, attrs.activation) : stock(args);
  });

  replaceKernel(Conv2DBackpropInput, (stock) => (args) => {
    const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape, ...attrs } = args.attrs as unknown as Conv2DBackpropInputAttrs;
    const { geometry, outShape } = describe(Conv2DBackpropInput, inputShape, filter.shape, attrs);
    // A transposed convolution may be asked for fewer pixels than its image has.
    if (outShape.some((length, axis) => length !== dy.shape[axis])) return stock(args);
    const dx = heap.output(inputShape);
    convolutions.inputGradient(heap.address(dy), heap.address(filter), heap.address(dx), geometry);
    return dx;
  });

  addKernel(Conv2DBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const { filterShape, ...rest } = attrs as unknown as Conv2DBackpropFilterAttrs;
    const { geometry } = describe(Conv2DBackpropFilter, x.shape, filterShape, rest);
    const dFilter = heap.output(filterShape);
    convolutions.filterGradient(heap.address(x), heap.address(dy), heap.address(dFilter), geometry);
    return dFilter;
  });

  function convolve(
    x: TensorInfo,
    filter: TensorInfo,
    bias: TensorInfo | undefined,
    attrs: Conv2DAttrs,
    activation: string,
  ) {
    const { geometry, outShape } = describe(Conv2D, x.shape, filter.shape, attrs);
    const output = heap.output(outShape);
    convolutions.convolve(
      heap.address(x),
      matrixOf(filter, heap),
      bias ? heap.address(bias) : 0,
      heap.address(output),
      geometry,
      clampOf(activation),
    );
    return output;
  }
}

/** A filter as a matrix of windows × output channels. */
function matrixOf(filter: TensorInfo, heap: Heap): Matrix {
  const [height, width, inChannels, outChannels] = filter.shape as [number, number, number, number];
  return {
    address: heap.address(filter),
    rows: [
      { count: height, step: width * inChannels * outChannels },
      { count: width, step: inChannels * outChannels },
      { count: inChannels, step: outChannels },
    ],
    columnStep: 1,
  };
}

type SpatialAttrs = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> &
  Partial<Pick<Conv2DAttrs, 'dilations'>>;

function describe(kernelName: string, inputShape: number[], filterShape: number[], attrs: SpatialAttrs) {
  assertNhwc(kernelName, attrs.dataFormat);
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  const geometry: Geometry = {
    batch: info.batchSize,
    y: {
      input: info.inHeight,
      output: info.outHeight,
      taps: info.filterHeight,
      dilation: info.dilationHeight,
      stride: info.strideHeight,
      before: info.padInfo.top,
    },
    x: {
      input: info.inWidth,
      output: info.outWidth,
      taps: info.filterWidth,
      dilation: info.dilationWidth,
      stride: info.strideWidth,
      before: info.padInfo.left,
    },
    inChannels: info.inChannels,
    outChannels: info.outChannels,
  };
  return { geometry, outShape: info.outShape };
}

function assertNhwc(kernelName: string, dataFormat: string | undefined) {
  if (dataFormat === 'NCHW')
    throw new Error(
      `${kernelName} on the wasm engine takes images in NHWC layout; it got NCHW. Transpose them first.`,
    );
}
