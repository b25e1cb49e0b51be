import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  engine,
  grad,
  memory,
  mul,
  neg,
  relu,
  reshape,
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
import { madeAtStep } from '../../../src/core/plan/recorder';

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
      expect(run(target, [i])).toEqual([[i]]);
      expect(run(target, [i, 1])).toEqual([[i + 1]]);
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

  it('holds no value longer than until its last use, from the first call on', () => {
    const bytes = 4 * 1000;
    let most = 0;
    // The engine's books are asked whenever a kernel gives a tensor.
    const { makeTensorFromTensorInfo } = engine();
    engine().makeTensorFromTensorInfo = function (...info) {
      most = Math.max(most, memory().numBytes);
      return makeTensorFromTensorInfo.apply(this, info);
    };
    const target = planned(([x]) => {
      const f = (x: Tensor) => {
        let y = x;
        for (let i = 0; i < 20; i++) y = neg(y);
        return sum(y);
      };
      return [f(x!), grad(f)(x!)];
    });
    const before = memory().numBytes;
    for (let i = 0; i < 4; i++) {
      most = 0;
      expect(run(target, new Array(1000).fill(1))).toEqual([[1000], new Array(1000).fill(1)]);
      expect(most - before).toBeGreaterThan(bytes);
      expect(most - before).toBeLessThan(6 * bytes);
    }
    Reflect.deleteProperty(engine(), 'makeTensorFromTensorInfo');
    target.dispose();
  });
});

describe('a function of many inputs, which is tried with the first two before', () => {
  const eight = [1, 2, 3, 4, 5, 6, 7, 8];

  it('leaves variables alone when it is', () => {
    const mean: Variable = tidy(() => variable(scalar(0)));
    const target = planned(([x]) => {
      mean.assign(add(mul(mean, 0.5), sum(x!)));
      return [square(x!)];
    });
    let moving = 0;
    for (let step = 1; step <= 4; step++) {
      moving = moving / 2 + 36;
      expect(run(target, eight)).toEqual([eight.map((x) => x * x)]);
      expect(mean.dataSync()[0]).toBe(moving);
    }
    expect(calls).toBe(3);
    for (const each of [target, mean]) each.dispose();
  });

  it('may need all of them', () => {
    const target = planned(([x]) => [sum(reshape(x!, [2, 4]), 0)]);
    for (let i = 0; i < 4; i++) expect(run(target, eight)).toEqual([[6, 8, 10, 12]]);
    expect(calls).toBe(3);
    target.dispose();
  });

  it('may do something else with all of them', () => {
    const count: Variable = tidy(() => variable(scalar(0)));
    const target = planned(([x]) => {
      const doubled = mul(x!, 2);
      const squared = square(doubled);
      count.assign(add(count, 1));
      // By now it seems that the doubled values are not needed any more.
      return [x!.shape[0]! < 8 ? relu(squared) : add(relu(squared), doubled)];
    });
    for (let i = 1; i <= 4; i++) {
      expect(run(target, eight)).toEqual([eight.map((x) => 4 * x * x + 2 * x)]);
      expect(count.dataSync()[0]).toBe(i);
    }
    target.dispose();
    count.dispose();
  });

  it('leaves nothing behind of what was kept for gradients when it does', () => {
    const weight: Variable = tidy(() => variable(scalar(2)));
    const f = (x: Tensor) => {
      const scaled = mul(x, weight);
      const negated = neg(scaled);
      // By now it seems that the scaled values are not needed any more.
      return sum(x.shape[0]! < 8 ? negated : add(negated, mul(scaled, 3)));
    };
    const target = planned(([x]) => [grad(f)(x!)]);
    for (let i = 1; i <= 4; i++) expect(run(target, eight)).toEqual([eight.map(() => 4)]);
    expect(calls).toBe(4);
    target.dispose();
    weight.dispose();
  });

  it('may read a variable that it has assigned', () => {
    const count: Variable = tidy(() => variable(scalar(0)));
    const target = planned(([x]) => {
      count.assign(add(count, 1));
      return [mul(x!, count)];
    });
    for (let i = 1; i <= 4; i++) expect(run(target, eight)).toEqual([eight.map((x) => i * x)]);
    target.dispose();
    count.dispose();
  });

  it('may give what is not its own', () => {
    const weight: Variable = tidy(() => variable(scalar(7)));
    const target = planned(([x]) => [weight, x!, sum(x!)]);
    for (let i = 0; i < 4; i++) {
      const x = tensor1d(eight);
      const results = tidy(() => target.run([x], 0));
      expect(results.map((result) => [...result.dataSync()])).toEqual([[7], eight, [36]]);
      for (const result of results) if (result !== (weight as Tensor) && result !== x) result.dispose();
      x.dispose();
    }
    expect(weight.dataSync()[0]).toBe(7);
    target.dispose();
    weight.dispose();
  });

  it('says what it fails of', () => {
    const target = planned(([x]) => [
      grad((x) => {
        square(x);
        throw new Error('No such thing.');
      })(x!),
    ]);
    expect(() => run(target, eight)).toThrow('No such thing.');
    target.dispose();
  });
});
