import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { wasmDriver } from '../../src/engines/wasm/driver';
import { publishedCases, type Refusal } from './suite/publishedCases';

const nchw: Refusal = { cases: /^(?!throws).*NCHW/, error: 'NHWC' };
/** TF.js's wasm backend has fused biases of one value a channel only. */
const bias: Refusal = {
  cases: /^(basic|im2row) with broadcasted bias|p=0 with bias$|with 2d bias|bias different rank$/,
  error: 'only supports rank-1 bias',
};
const integers: Refusal = { cases: /^upcasts when dtypes dont match$/, error: 'float32' };

let engine: Omit<Engine, 'reason'>;
beforeAll(async () => {
  engine = await wasmDriver.start();
});
afterAll(() => engine.dispose());

await publishedCases('conv2d', [nchw]);
await publishedCases('conv1d');
await publishedCases('conv2d_transpose');
await publishedCases('conv2d_separable');
await publishedCases('fused/fused_conv2d', [nchw, bias]);
await publishedCases('depthwise_conv2d');
await publishedCases('fused/fused_depthwise_conv2d', [bias]);
await publishedCases('mat_mul', [integers]);
await publishedCases('fused/fused_mat_mul', [bias]);
await publishedCases('unsorted_segment_sum');
await publishedCases('sum');
