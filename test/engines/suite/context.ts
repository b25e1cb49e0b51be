import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { EngineName } from '../../../src/core/runs/spec';

/** The engine under test, started and current. */
export interface SuiteContext {
  readonly name: EngineName;
  /** How far a value may be from the expected one, relative to the larger of it and 1. */
  readonly tolerance: number;
}

/** How many examples a property is tried on: WebGPU on a software GPU takes its time. */
export function propertyRuns({ name }: SuiteContext): number {
  return name === 'webgpu' ? 10 : 100;
}

export async function expectClose(
  actual: Tensor,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): Promise<void> {
  const values = await actual.data();
  expect(values.length, `${what}: elements`).toBe(expected.length);
  let worst = { index: 0, error: 0 };
  for (let index = 0; index < values.length; index++) {
    const error = Math.abs(values[index]! - expected[index]!) / Math.max(1, Math.abs(expected[index]!));
    // Not `>`: a NaN is the worst of all.
    if (!(error <= worst.error)) worst = { index, error };
  }
  const { index, error } = worst;
  expect(error, `${what}[${index}] is ${values[index]}, should be ${expected[index]}`).toBeLessThanOrEqual(
    tolerance,
  );
}
