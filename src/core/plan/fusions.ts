import { Add, FusedBatchNorm, FusedConv2D, MaxPoolGrad, Relu } from '@tensorflow/tfjs-core';
import { type KernelCall, type Operation, type Recording, type Source, sourcesOf } from './recording';

/**
 * A kernel and one that takes what it gives, as one kernel: the inputs of both, and the outputs of both in that order, but
 * what passed between them.
 */
interface Fusion {
  readonly first: string;
  /** It takes the first one's first output. */
  readonly second: string;
  /** By which of these names. */
  readonly as: readonly string[];
  /** The second one's other inputs by their names in the fused kernel, where they are others. */
  readonly renamed?: Readonly<Record<string, string>>;
  readonly fused: string;
  /** An attribute of the first one, that must have the one value and gets the other. */
  readonly becomes?: readonly [attribute: string, from: string, to: string];
}

/** In this order: a kernel that is one of two here has to be there before. */
const fusions: readonly Fusion[] = [
  {
    ...{ first: FusedConv2D, second: Relu, as: ['x'] },
    ...{ fused: FusedConv2D, becomes: ['activation', 'linear', 'relu'] },
  },
  { first: Add, second: Relu, as: ['x'], fused: 'AddRelu' },
  { first: 'BatchNormTraining', second: Relu, as: ['x'], fused: 'BatchNormReluTraining' },
  {
    ...{ first: 'BatchNormTraining', second: 'AddRelu', as: ['a', 'b'] },
    ...{ renamed: { a: 'added', b: 'added' }, fused: 'BatchNormReluTraining' },
  },
  { first: FusedBatchNorm, second: Relu, as: ['x'], fused: 'BatchNormRelu' },
  {
    ...{ first: FusedBatchNorm, second: 'AddRelu', as: ['a', 'b'] },
    ...{ renamed: { a: 'added', b: 'added' }, fused: 'BatchNormRelu' },
  },
  { first: 'RankOneInvolution', second: Relu, as: ['x'], fused: 'RankOneReluInvolution' },
  { first: 'ReluGrad', second: 'BatchNormTrainingGrad', as: ['dy'], fused: 'BatchNormReluTrainingGrad' },
  { first: 'ReluGrad', second: 'RankOneInvolutionGrad', as: ['dy'], fused: 'RankOneReluInvolutionGrad' },
  {
    ...{ first: 'ReluGrad', second: 'RankOneInvolutionInputGrad', as: ['dy'] },
    fused: 'RankOneReluInvolutionInputGrad',
  },
  { first: MaxPoolGrad, second: 'ReluGrad', as: ['dy'], fused: 'MaxPoolReluGrad' },
];

/** The recording with kernels fused as far as the engine has the fused ones. */
export function withFusions(recording: Recording, hasKernel: (kernel: string) => boolean): Recording {
  const possible = fusions.filter(({ fused }) => hasKernel(fused));
  let { operations } = recording;
  for (const first of new Set(possible.map((fusion) => fusion.first)))
    operations = fuse(
      operations,
      recording.results,
      possible.filter((fusion) => fusion.first === first),
    );
  return { ...recording, operations };
}

/** Fuses each `first` of these fusions with whoever takes what it gives, if all of them can be. */
function fuse(
  operations: readonly Operation[],
  results: readonly Source[],
  fusions: readonly Fusion[],
): readonly Operation[] {
  const users = usersOf(operations, results);
  const made = new Map<Source, number>();
  for (const [index, operation] of operations.entries())
    if ('kernel' in operation) for (const value of operation.outputs) made.set(value, index);
  const after: (Operation | null)[] = [...operations];
  for (const [index, first] of operations.entries()) {
    if (!('kernel' in first) || first.kernel !== fusions[0]!.first) continue;
    // Where it gives more than that, the others may be needed at once: both are done in its place, if that is possible.
    const isAlone = first.outputs.length === 1;
    const fused = (users.get(first.outputs[0]!) ?? []).map((user) => {
      // One that is fused with another already is no such kernel any more.
      const call = fusedCall(first, after[user] ?? undefined, fusions);
      const isInTime = isAlone || Object.values(call?.inputs ?? {}).every((x) => (made.get(x) ?? -1) < index);
      return call && isInTime ? { user, call } : null;
    });
    if (fused.length === 0 || (fused.length > 1 && !isAlone) || fused.includes(null)) continue;
    after[index] = null;
    for (const { user, call } of fused as { user: number; call: KernelCall }[]) {
      after[user] = null;
      after[isAlone ? user : index] = call;
    }
  }
  return after.filter((operation) => operation !== null);
}

function fusedCall(
  first: KernelCall,
  second: Operation | undefined,
  fusions: readonly Fusion[],
): KernelCall | null {
  if (!second || !('kernel' in second)) return null;
  const [value, ...others] = first.outputs;
  const fusion = fusions.find(
    ({ second: kernel, becomes }) =>
      kernel === second.kernel && (!becomes || first.attrs[becomes[0]] === becomes[1]),
  );
  const name = fusion?.as.find((input) => second.inputs[input] === value);
  const rest = Object.entries(second.inputs).filter(([input]) => input !== name);
  if (!fusion || !name || rest.some(([, source]) => source === value)) return null;
  const renamed = rest.map(([input, source]) => [fusion.renamed?.[input] ?? input, source]);
  return {
    kernel: fusion.fused,
    attrs: {
      ...first.attrs,
      ...second.attrs,
      ...(fusion.becomes && { [fusion.becomes[0]]: fusion.becomes[2] }),
    },
    inputs: { ...first.inputs, ...Object.fromEntries(renamed) },
    takesList: false,
    outputs: [...second.outputs, ...others],
  };
}

/** Which operations use a value, each once; a result of the function is used by whoever called it. */
function usersOf(operations: readonly Operation[], results: readonly Source[]): Map<Source, number[]> {
  const users = new Map<Source, number[]>();
  const add = (source: Source, user: number) => users.set(source, [...(users.get(source) ?? []), user]);
  for (const [index, operation] of operations.entries())
    for (const source of new Set(sourcesOf(operation))) add(source, index);
  for (const source of results) add(source, operations.length);
  return users;
}
