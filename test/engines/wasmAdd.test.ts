import {
  add,
  dispose,
  engine,
  memory,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasmDriver } from '../../src/engines/wasm/driver';

let running: Awaited<ReturnType<typeof wasmDriver.start>>;
beforeAll(async () => {
  running = await wasmDriver.start();
});
afterAll(() => running.dispose());

const value = (i: number) => (((i * 7919) % 32) - 16) / 8;
const filled = (shape: number[], dtype: 'float32' | 'int32' = 'float32') => {
  const size = shape.reduce((product, side) => product * side, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => (dtype === 'int32' ? i - 3 : value(i))),
    shape,
    dtype,
  );
};
const addRelu = (a: Tensor, b: Tensor): Tensor => engine().runKernel('AddRelu', { a, b } as NamedTensorMap);

describe.each([
  { a: [3, 70_001], b: [3, 70_001] },
  { a: [2, 3, 5], b: [2, 3, 5] },
  { a: [2, 3, 5], b: [5] },
  { a: [4, 1], b: [3] },
])('on the wasm engine $a and $b', ({ a, b }) => {
  it('are added, and rectified', () => {
    const before = memory().numTensors;
    const [x, y] = [filled(a), filled(b)];
    const [columns, wide] = [Math.max(a.at(-1)!, b.at(-1)!), b.length < a.length || a.at(-1) === 1];
    const right = (i: number) => value(wide ? i % columns : i);
    const left = (i: number) => value(a.at(-1) === 1 ? Math.floor(i / columns) : i);
    const [sum, rectified] = [add(x, y), addRelu(x, y)];
    const expected = Float32Array.from({ length: sum.size }, (_, i) => left(i) + right(i));
    expect(sum.dataSync()).toEqual(expected);
    expect(rectified.shape).toEqual(sum.shape);
    expect(rectified.dataSync()).toEqual(expected.map((each) => Math.max(each, 0)));
    dispose([x, y, sum, rectified]);
    expect(memory().numTensors, 'tensors left behind').toBe(before);
  });
});

describe('on the wasm engine', () => {
  it('integers are added as TF.js does it', () => {
    const x = filled([2, 3], 'int32');
    const sum = add(x, x);
    expect([sum.dtype, ...sum.dataSync()]).toEqual(['int32', -6, -4, -2, 0, 2, 4]);
    dispose([x, sum]);
  });

  it('what is not a number stays so', () => {
    const x = tensor([Number.NaN, 1, Number.NaN, -1, Number.NaN]);
    const [sum, rectified] = [add(x, x), addRelu(x, x)];
    expect([...sum.dataSync()]).toEqual([Number.NaN, 2, Number.NaN, -2, Number.NaN]);
    expect([...rectified.dataSync()]).toEqual([Number.NaN, 2, Number.NaN, 0, Number.NaN]);
    dispose([x, sum, rectified]);
  });
});
