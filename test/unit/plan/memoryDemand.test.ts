import { memory, mul, neg, ones, reshape, square, sum, type Tensor, variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryDemand } from '../../../src/core/plan/memoryDemand';
import { PlannedFunction } from '../../../src/core/plan/planned';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

/** 4000 bytes per input. */
const inputsOf = (count: number) => [ones([count, 1000])];

describe('what memory a function takes', () => {
  // x, its square and that negated are there at once; a reshaped one is no value of its own, and a sum has 4 bytes.
  const compute = ([x]: readonly Tensor[]) => {
    const negated = neg(square(x!));
    return [sum(reshape(negated, [-1]))];
  };
  let demand: MemoryDemand;
  beforeAll(() => {
    demand = new PlannedFunction(compute).demand(9, inputsOf)!;
  });

  it.each([3, 10, 1000])('is that of the values that are needed at once, for %i inputs', (count) => {
    expect(demand.bytes(count)).toBe(12_000 * count);
  });

  it.each([1, 2])('is that of all values for %i inputs, which are not rehearsed', (count) => {
    expect(demand.bytes(count)).toBe(12_000 * count + 4);
  });

  it.each([
    [120_000, 10],
    [119_999, 9],
    [36_000, 3],
    [35_999, 2],
    [24_003, 1],
    [12_003, 0],
  ])('of %i bytes leaves room for %i inputs', (bytes, count) => {
    expect(demand.most(bytes)).toBe(count);
  });

  it('is found out without consequences', () => {
    const weight = variable(ones([1000]));
    const calls: number[][] = [];
    const moving = new PlannedFunction(([x]) => {
      calls.push(x!.shape);
      const result = sum(mul(x!, weight));
      weight.assign(mul(weight, 2));
      return [result];
    });
    const before = memory().numTensors;
    expect(moving.demand(9, inputsOf)!.bytes(100)).toBeGreaterThan(2 * 4000 * 100);
    expect(memory().numTensors).toBe(before);
    expect(calls).toEqual([
      [2, 1000],
      [3, 1000],
    ]);
    expect(weight.dataSync()[0]).toBe(1);
    weight.dispose();
  });

  it('is not known of one that does other things with other counts, or that fails on a few', () => {
    const other = new PlannedFunction(([x]) => [x!.shape[0] === 2 ? neg(x!) : sum(square(x!))]);
    expect(other.demand(9, inputsOf)).toBeNull();
    const failing = new PlannedFunction(([x]) => {
      throw new Error(`${x!.shape[0]} are too few`);
    });
    expect(() => failing.demand(9, inputsOf)).toThrow('2 are too few');
  });

  it('is tried with one alone where it is meant for one', () => {
    const calls: number[] = [];
    const one = new PlannedFunction(([x]) => {
      calls.push(x!.shape[0]!);
      return [sum(x!)];
    });
    expect(one.demand(1, inputsOf)).toBeNull();
    expect(calls).toEqual([1]);
  });
});
