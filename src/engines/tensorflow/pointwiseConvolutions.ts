import {
  add,
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  FusedConv2D,
  type FusedConv2DAttrs,
  pad,
  reshape,
  slice,
  type Tensor,
  type Tensor4D,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from './backend';
import type { KernelReplacements } from './kernelReplacements';
import { attributesOf } from './opAttributes';

type Shape = [number, number, number, number];
/** Down and across. */
type Strides = readonly [number, number];
type Attrs = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'>;

/**
 * A convolution with 1×1 filters is a matrix product, and is handed to TensorFlow as one, which takes no longer, and for
 * the gradient of the filters half as long. Where a processor tells no sizes of its caches, as on some virtual machines,
 * oneDNN's own kernels for it divide by zero as soon as the filters are large, and take the process down (SIGFPE).
 */
export function replacePointwiseConvolutions(backend: TensorFlowBackend, kernels: KernelReplacements): void {
  const { float, nhwc, transposed } = attributesOf(backend);

  const matMul = (a: Tensor, b: Tensor, transposeA = false, transposeB = false) =>
    backend.executeSingleOutput('MatMul', [float, ...transposed(transposeA, transposeB)], [a, b]);

  const convolution = (x: TensorInfo, filter: TensorInfo, strides: Strides): Tensor => {
    const pixels = taken(x, strides);
    const [, , channels, filters] = filter.shape as Shape;
    return reshape(matMul(rows(pixels), reshape(filter as Tensor, [channels, filters])), [
      ...pixels.shape.slice(0, 3),
      filters,
    ]);
  };

  kernels.replace(Conv2D, (stock) => (args) => {
    const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo };
    const strides = pointwise(x, filter.shape, args.attrs as unknown as Attrs);
    return strides ? tidy(() => convolution(x, filter, strides)) : stock(args);
  });

  kernels.replace(FusedConv2D, (stock) => (args) => {
    const { x, filter, bias, preluActivationWeights } = args.inputs as unknown as FusedInputs;
    const { activation, leakyreluAlpha, ...attrs } = args.attrs as unknown as FusedConv2DAttrs;
    const strides = pointwise(x, filter.shape, attrs);
    if (!strides) return stock(args);
    return tidy(() => {
      const y = convolution(x, filter, strides);
      const biased = bias ? withBias(y, bias) : y;
      return backend.applyActivation(biased, activation, preluActivationWeights, leakyreluAlpha);
    });
  });

  const withBias = (y: Tensor, bias: Tensor) =>
    bias.shape.length === 1 ? backend.executeSingleOutput('BiasAdd', [float, nhwc], [y, bias]) : add(y, bias);

  kernels.replace(Conv2DBackpropFilter, (stock) => (args) => {
    const { x, dy } = args.inputs as { x: TensorInfo; dy: TensorInfo };
    const { filterShape, ...attrs } = args.attrs as unknown as Conv2DBackpropFilterAttrs;
    const strides = pointwise(x, filterShape, attrs);
    if (!strides) return stock(args);
    return tidy(() => reshape(matMul(rows(taken(x, strides)), rows(dy), true), filterShape));
  });

  kernels.replace(Conv2DBackpropInput, (stock) => (args) => {
    const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape, ...attrs } = args.attrs as unknown as Conv2DBackpropInputAttrs;
    const strides = pointwise({ shape: inputShape, dtype: dy.dtype }, filter.shape, attrs);
    if (!strides) return stock(args);
    const [images, height, width] = dy.shape as Shape;
    const [, , channels, filters] = filter.shape as Shape;
    return tidy(() => {
      const dx = matMul(rows(dy), reshape(filter as Tensor, [channels, filters]), false, true);
      return spread(reshape(dx, [images, height, width, channels]), inputShape, strides);
    });
  });
}

type FusedInputs = Record<'x' | 'filter', TensorInfo> & { bias?: Tensor; preluActivationWeights?: Tensor };

/**
 * The pixels that are convolved: a copy where there are strides. A row's first pixel of each stride, and its channels, lie
 * where the first channels are of an image that is as much narrower and has as many more of them; TensorFlow's op for
 * strides takes ten times as long.
 */
function taken(x: TensorInfo, [sy, sx]: Strides): Tensor {
  if (sy === 1 && sx === 1) return x as Tensor;
  const [images, height, width, channels] = x.shape as Shape;
  const [rows, columns] = [Math.ceil(height / sy), Math.ceil(width / sx)];
  const beyond = [rows * sy - height, columns * sx - width] as const;
  const whole = beyond[0] + beyond[1] === 0 ? (x as Tensor4D) : padded(x as Tensor4D, ...beyond, 0);
  const cells = reshape(whole, [images * rows, sy, columns, sx * channels]);
  return reshape(slice(cells, 0, [images * rows, 1, columns, channels]), [images, rows, columns, channels]);
}

/** The opposite: with zeros where no pixel was taken. */
function spread(dx: Tensor4D, shape: Shape, [sy, sx]: Strides): Tensor {
  if (sy === 1 && sx === 1) return reshape(dx, shape);
  const [images, rows, columns, channels] = dx.shape;
  const cells = padded(reshape(dx, [images * rows, 1, columns, channels]), sy - 1, 0, (sx - 1) * channels);
  return slice(reshape(cells, [images, rows * sy, columns * sx, channels]), 0, shape);
}

const padded = (x: Tensor4D, rows: number, columns: number, channels: number): Tensor4D =>
  pad(x, [
    [0, 0],
    [0, rows],
    [0, columns],
    [0, channels],
  ]);

/** [B,H,W,C] as the rows of a matrix. */
const rows = (x: TensorInfo): Tensor => reshape(x as Tensor, [-1, x.shape[3]!]);

/** Its strides; null: it is none, or has arguments that a matrix product does not do. */
function pointwise(
  x: Pick<TensorInfo, 'shape' | 'dtype'>,
  filterShape: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode }: Attrs,
): Strides | null {
  if (filterShape[0] !== 1 || filterShape[1] !== 1 || dataFormat !== 'NHWC' || x.dtype !== 'float32')
    return null;
  const info = backend_util.computeConv2DInfo(
    x.shape as Shape,
    filterShape as Shape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right } = info.padInfo;
  return top + bottom + left + right === 0 ? [info.strideHeight, info.strideWidth] : null;
}
