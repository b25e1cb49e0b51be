import {
  backend_util,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
import { withWords } from './operands';
import { addKernel, replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/**
 * Depthwise convolution on threads, and its gradients, which TF.js's wasm backend lacks. Its own convolution is on one
 * thread, and gives zeros for an image of 1×2×1 with two filters at strides 1 and 2.
 */
export function registerDepthwiseKernels(heap: Heap, threads: Threads): void {
  replaceKernel(DepthwiseConv2dNative, (stock) => (args) => {
    const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo };
    const attrs = args.attrs as unknown as DepthwiseConv2dNativeAttrs;
    const info = describe(x.shape, filter.shape, attrs);
    if (x.dtype !== 'float32') return stock(args);
    const y = heap.output(info.outShape);
    run('depthwise', info.batchSize * info.outHeight, PIECES, [x, filter, y], info);
    return y;
  });

  addKernel(DepthwiseConv2dNativeBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape, ...rest } = attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
    const info = describe(inputShape, filter.shape, rest);
    const dx = heap.output(inputShape);
    run('depthwiseInputGradient', info.batchSize * info.inHeight, PIECES, [dy, filter, dx], info);
    return dx;
  });

  addKernel(DepthwiseConv2dNativeBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const { filterShape, ...rest } = attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
    const info = describe(x.shape, filterShape, rest);
    const dfilter = heap.output(filterShape);
    const taps = info.filterHeight * info.filterWidth;
    run('depthwiseFilterGradient', taps, taps, [x, dy, dfilter], info);
    return dfilter;
  });

  function run(kernel: string, items: number, pieces: number, tensors: TensorInfo[], info: Info) {
    const addresses = tensors.map((tensor) => heap.address(tensor));
    withWords(heap, wordsOf(info), (words) => {
      threads.run(kernel, items, Math.ceil(items / pieces), ...addresses, words);
    });
  }
}

const PIECES = 64;

function describe(
  inputShape: number[],
  filterShape: number[],
  attrs: Pick<DepthwiseConv2dNativeBackpropInputAttrs, 'strides' | 'dilations' | 'pad' | 'dimRoundingMode'>,
) {
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    true,
  );
}

type Info = ReturnType<typeof describe>;

/** As the `Geometry` of assembly/depthwise.ts has them. */
const wordsOf = (info: Info): number[] => [
  ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels, info.outChannels / info.inChannels],
  ...[info.outHeight, info.outWidth, info.filterHeight, info.filterWidth],
  ...[info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth],
  ...[info.padInfo.top, info.padInfo.left],
];
