import { dispose, memory, type Tensor, tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { Random } from '../../../src/core/random';
import type { OptimizerSpec } from '../../../src/core/runs/hyperParameters';
import { Optimizer } from '../../../src/core/training/optimizers/optimizer';
import { expectClose, type SuiteContext } from './context';

export const optimizers: readonly OptimizerSpec[] = [
  { kind: 'adam' },
  { kind: 'adamw', weightDecay: 0.1 },
  { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.2 },
  { kind: 'sgd', momentum: 0.8, nesterov: true, weightDecay: 0.2 },
];

/** A parameter and what its optimizer remembers, in doubles. */
interface Parameter {
  value: number;
  decays: boolean;
  slots: Record<string, number>;
}

/** The formulas of Keras 3 (keras/src/optimizers: base_optimizer.py, adam.py, sgd.py), one number at a time. */
function step(spec: OptimizerSpec, parameter: Parameter, gradient: number, rate: number, t: number): void {
  const { slots, decays } = parameter;
  if (spec.kind !== 'adam' && decays) parameter.value -= parameter.value * spec.weightDecay * rate;
  if (spec.kind === 'sgd') {
    const { velocity = 0 } = slots;
    slots.velocity = spec.momentum * velocity - rate * gradient;
    parameter.value += spec.nesterov ? spec.momentum * slots.velocity - rate * gradient : slots.velocity;
    return;
  }
  const { m = 0, v = 0 } = slots;
  slots.m = m + (gradient - m) * (1 - 0.9);
  slots.v = v + (gradient ** 2 - v) * (1 - 0.999);
  const size = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
  parameter.value -= (slots.m * size) / (Math.sqrt(slots.v) + 1e-7);
}

/** Six steps at rates that rise and fall, over variables of several shapes; the slots travel through their saved form. */
export async function expectOptimizer(spec: OptimizerSpec, { tolerance }: SuiteContext): Promise<void> {
  const before = memory().numTensors;
  const random = new Random(3);
  const shapes = [[3, 5], [4], [1, 1, 2, 3], [], [2, 2]];
  const sizes = shapes.map((shape) => shape.reduce((product, size) => product * size, 1));
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.between(-2, 2));
  const start = sizes.map(draw);
  const variables = start.map((values, i) => variableOf(values, shapes[i]!));
  const parameters = start.map((values, i) =>
    Array.from(values, (value): Parameter => ({ value, decays: shapes[i]!.length > 1, slots: {} })),
  );
  let optimizer = new Optimizer(spec, variables);
  for (const [i, rate] of [0.01, 0.02, 0.05, 0.05, 0.02, 0.001].entries()) {
    const gradients = sizes.map(draw);
    const tensors = gradients.map((values, n) => tensor(values, shapes[n] as [number]) as Tensor);
    optimizer.apply(tensors, rate, i + 1);
    dispose(tensors);
    for (const [n, values] of gradients.entries())
      for (const [at, gradient] of values.entries()) step(spec, parameters[n]![at]!, gradient, rate, i + 1);
    if (i === 2) {
      const saved = await optimizer.slots();
      optimizer.dispose();
      optimizer = new Optimizer(spec, variables, saved);
    }
  }
  for (const [n, each] of parameters.entries())
    await expectClose(
      variables[n]!,
      each.map(({ value }) => value),
      tolerance,
      `variable ${n}`,
    );
  const flat = parameters.flat();
  for (const [name, values] of Object.entries(await optimizer.slots())) {
    const expected = flat.map(({ slots }) => slots[name]!);
    expect(values.length).toBe(expected.length);
    for (const [at, value] of expected.entries())
      expect(Math.abs(values[at]! - value), `${name}[${at}]`).toBeLessThanOrEqual(tolerance);
  }
  optimizer.dispose();
  dispose(variables);
  expect(memory().numTensors, 'tensors left behind').toBe(before);
}

function variableOf(values: Float32Array, shape: number[]): Variable {
  return tidy(() => variable(tensor(values, shape as [number])));
}
