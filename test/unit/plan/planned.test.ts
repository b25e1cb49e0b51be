import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  engine,
  grad,
  memory,
  mul,
  relu,
  type Scalar,
  scalar,
  square,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlannedFunction } from '../../../src/core/plan/planned';
import { madeAtStep } from '../../../src/core/plan/recording';

/** How often JavaScript was asked: a plan asks no more. */
let calls: number;
let tensorsBefore: number;

beforeEach(() => {
  calls = 0;
  tensorsBefore = memory().numTensors;
});
afterEach(() => expect(memory().numTensors, 'tensors left behind').toBe(tensorsBefore));

function planned(compute: (inputs: readonly Tensor[], step: number) => Tensor[]): PlannedFunction {
  return new PlannedFunction((inputs, step) => {
    calls++;
    return tidy(() => compute(inputs, step));
  });
}

/** The function's results for a vector of these values. */
function run(target: PlannedFunction, values: number[], step = 0): number[][] {
  return tidy(() => target.run([tensor1d(values)], step).map((result) => [...result.dataSync()]));
}

describe('a function that is run again and again', () => {
  it('is called twice, and then replayed on other inputs, gradients included', () => {
    const target = planned(([x]) => {
      const f = (x: Tensor) => sum(mul(relu(x), square(x)));
      return [f(x!), grad(f)(x!)];
    });
    for (const x of [1, -2, 3, 4, -5]) {
      const positive = Math.max(x, 0);
      expect(run(target, [x, 2])).toEqual([[positive ** 3 + 8], [3 * positive ** 2, 12]]);
    }
    expect(calls).toBe(2);
    target.dispose();
  });

  it('reads variables as they are then, and assigns them as it did', () => {
    const weight: Variable = tidy(() => variable(scalar(2)));
    const mean: Variable = tidy(() => variable(scalar(0)));
    const target = planned(([x]) => {
      mean.assign(add(mul(mean, 0.5), sum(x!)));
      return [mul(x!, weight)];
    });
    let moving = 0;
    for (let step = 1; step <= 4; step++) {
      tidy(() => weight.assign(scalar(step)));
      moving = moving / 2 + 3;
      expect(run(target, [1, 2])).toEqual([[step, 2 * step]]);
      expect(mean.dataSync()[0]).toBe(moving);
    }
    expect(calls).toBe(2);
    for (const each of [target, weight, mean]) each.dispose();
  });

  it('has a plan for inputs of each shape', () => {
    const target = planned(([x]) => [sum(x!)]);
    for (let i = 0; i < 4; i++) {
      expect(run(target, [i, 1])).toEqual([[i + 1]]);
      expect(run(target, [i, 1, 1])).toEqual([[i + 2]]);
    }
    expect(calls).toBe(4);
    target.dispose();
  });

  it('is given anew what depends on the step', () => {
    const target = planned(([x], step) => [
      mul(
        x!,
        madeAtStep(step, (at) => tensor([at, 10 * at])),
      ),
    ]);
    for (let step = 1; step <= 4; step++) expect(run(target, [1, 2], step)).toEqual([[step, 20 * step]]);
    expect(calls).toBe(2);
    target.dispose();
  });

  it('gives a constant, or a variable, that is its result as a tensor of the caller’s', () => {
    const weight: Variable = tidy(() => variable(scalar(7)));
    const target = planned(([x]) => [scalar(5), weight, sum(x!)]);
    for (let i = 0; i < 4; i++) {
      const results = tidy(() => target.run([tensor1d([i])], 0));
      expect(results.map((result) => result.dataSync()[0])).toEqual([5, 7, i]);
      for (const result of results) if (result !== (weight as Tensor)) result.dispose();
    }
    expect(calls).toBe(2);
    target.dispose();
    weight.dispose();
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ['computes with other numbers each time', (x) => mul(x, calls)],
    ['does other things each time', (x) => (calls % 2 === 0 ? sum(x) : sum(square(x)))],
  ])('is called each time if it %s', (_, compute) => {
    const target = planned(([x]) => [compute(x!)]);
    const results = [1, 2, 3, 4].map(() => run(target, [3])[0]![0]);
    expect(calls).toBe(4);
    calls = 0;
    const expected = [1, 2, 3, 4].map(() => {
      calls++;
      return tidy(() => compute(tensor1d([3])).dataSync()[0]);
    });
    expect(results).toEqual(expected);
    target.dispose();
  });

  it('is called each time if it uses a tensor from elsewhere', () => {
    const target = planned(([x]) => [mul(x!, other)]);
    let other: Scalar = scalar(2);
    for (let i = 1; i <= 4; i++) {
      other.dispose();
      other = scalar(i);
      expect(run(target, [3])).toEqual([[3 * i]]);
    }
    expect(calls).toBe(4);
    other.dispose();
    target.dispose();
  });

  it('leaves TF.js as it was after an error', () => {
    const target = planned(() => {
      throw new Error('no');
    });
    expect(() => run(target, [1])).toThrow('no');
    expect(
      run(
        planned(([x]) => [sum(x!)]),
        [1, 2],
      ),
    ).toEqual([[3]]);
    target.dispose();
  });

  it('holds no value longer than until its last use', () => {
    const bytes = 4 * 1000;
    let most = 0;
    /** At a point within the function; a plan comes here by the tensor that it makes at each step. */
    const measure = () => {
      most = Math.max(most, memory().numBytes);
    };
    const target = planned(([x]) => {
      let y = x!;
      for (let i = 0; i < 20; i++) y = add(y, 1);
      measure();
      return [sum(y)];
    });
    const ones = new Array(1000).fill(1);
    const before = memory().numBytes;
    run(target, ones);
    expect(most - before).toBeGreaterThan(20 * bytes);
    run(target, ones);
    // The engine's books are asked whenever a kernel gives a tensor.
    const { makeTensorFromTensorInfo } = engine();
    engine().makeTensorFromTensorInfo = function (...info) {
      measure();
      return makeTensorFromTensorInfo.apply(this, info);
    };
    most = 0;
    expect(run(target, ones)).toEqual([[21_000]]);
    Reflect.deleteProperty(engine(), 'makeTensorFromTensorInfo');
    expect(most - before).toBeLessThan(4 * bytes);
    target.dispose();
  });
});
