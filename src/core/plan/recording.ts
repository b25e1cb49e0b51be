import type { engine, NamedAttrMap, Tensor, Variable } from '@tensorflow/tfjs-core';

/** Where an input comes from: the number of a value of the recording, or a variable, which has another value each time. */
export type Source = number | Variable;

export interface KernelCall {
  readonly kernel: string;
  readonly attrs: NamedAttrMap;
  /** Of kernels that take a list, under its indices. */
  readonly inputs: Readonly<Record<string, Source>>;
  readonly takesList: boolean;
  readonly outputs: readonly number[];
}

/** A variable gets a value while the function runs, as moving statistics do. */
export interface Assignment {
  readonly variable: Variable;
  readonly value: number;
}

export type Operation = KernelCall | Assignment;

export const sourcesOf = (operation: Operation): readonly Source[] =>
  'kernel' in operation ? Object.values(operation.inputs) : [operation.value];

type Values = Parameters<ReturnType<typeof engine>['makeTensor']>[0];

/** What JavaScript gave to the engine: the same each time. */
export interface Constant {
  readonly values: Values;
  readonly shape: readonly number[];
  readonly dtype: Tensor['dtype'];
}

/** What JavaScript gives to the engine anew at each step, such as the values that are dropped. */
export type MadeAtStep = (step: number) => Tensor;

/** Where a value is: a reshaped one shares the bytes of the one that it was made of. */
export interface Place {
  /** The number of the first value that is there. */
  readonly block: number;
  readonly bytes: number;
}

/**
 * What a function of tensors had the engine do, in order. Values have numbers: those of the function's inputs come first;
 * constants, what is made at each step and what kernels give follow as they came up.
 */
export interface Recording {
  readonly inputs: number;
  readonly operations: readonly Operation[];
  readonly constants: ReadonlyMap<number, Constant>;
  readonly made: ReadonlyMap<number, MadeAtStep>;
  readonly results: readonly Source[];
  /** Of each value, by its number. */
  readonly places: readonly Place[];
  /** The operation before which a value was cloned for the last time, for those that were. */
  readonly cloned: ReadonlyMap<number, number>;
}

/** Whether two operations are of the same kind and take and give the same values, of whatever shapes. */
export function isSameCall(a: Operation, b: Operation | undefined): boolean {
  if (!b) return false;
  if (!('kernel' in a)) return 'variable' in b && a.variable === b.variable && a.value === b.value;
  return (
    'kernel' in b &&
    a.kernel === b.kernel &&
    a.outputs.join() === b.outputs.join() &&
    Object.keys(a.inputs).join() === Object.keys(b.inputs).join() &&
    areSameSources(Object.values(a.inputs), Object.values(b.inputs))
  );
}

export const areSameSources = (a: readonly Source[], b: readonly Source[]) =>
  a.length === b.length && a.every((source, i) => source === b[i]);
