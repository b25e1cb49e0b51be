import { Add, FusedConv2D, Relu } from '@tensorflow/tfjs-core';
import { type KernelCall, type Operation, type Recording, type Source, sourcesOf } from './recording';

/**
 * Two kernels, one of which takes what the other gives and is the only one to do so, as one kernel: the inputs of both,
 * and the outputs of both in that order, but what passed between them.
 */
interface Fusion {
  readonly first: string;
  /** Which of the first one's outputs. */
  readonly output: number;
  readonly second: string;
  /** What the second one may take it as. */
  readonly input: readonly string[];
  /** The second one's other inputs by their names in the fused kernel, where they are others. */
  readonly renamed?: Readonly<Record<string, string>>;
  readonly fused: string;
  readonly attrs?: KernelCall['attrs'];
}

/** In this order: the second one needs what the first one makes. */
const fusions: readonly Fusion[] = [
  {
    first: FusedConv2D,
    output: 0,
    second: Relu,
    input: ['x'],
    fused: FusedConv2D,
    attrs: { activation: 'relu' },
  },
  { first: Add, output: 0, second: Relu, input: ['x'], fused: 'AddRelu' },
  {
    ...{ first: 'BatchNormTraining', output: 0, second: 'AddRelu', input: ['a', 'b'] },
    ...{ renamed: { a: 'added', b: 'added' }, fused: 'BatchNormReluTraining' },
  },
  { first: 'BatchNormTraining', output: 0, second: Relu, input: ['x'], fused: 'BatchNormReluTraining' },
  {
    ...{ first: 'ReluGrad', output: 0, second: 'BatchNormTrainingGrad', input: ['dy'] },
    fused: 'BatchNormReluTrainingGrad',
  },
];

/** The recording with kernels fused as far as the engine has the fused ones. */
export function withFusions(recording: Recording, hasKernel: (kernel: string) => boolean): Recording {
  let { operations } = recording;
  for (const fusion of fusions)
    if (hasKernel(fusion.fused)) operations = fuse(operations, recording.results, fusion);
  return { ...recording, operations };
}

function fuse(
  operations: readonly Operation[],
  results: readonly Source[],
  fusion: Fusion,
): readonly Operation[] {
  const users = usersOf(operations, results);
  const made = new Map<Source, number>();
  for (const [index, operation] of operations.entries())
    if ('kernel' in operation) for (const value of operation.outputs) made.set(value, index);
  const fused: (Operation | null)[] = [...operations];
  for (const [index, first] of operations.entries()) {
    if (!('kernel' in first) || first.kernel !== fusion.first) continue;
    const value = first.outputs[fusion.output]!;
    const [user, ...others] = users.get(value) ?? [];
    const second = user === undefined ? undefined : operations[user];
    if (others.length > 0 || !second || !('kernel' in second) || second.kernel !== fusion.second) continue;
    const name = fusion.input.find((input) => second.inputs[input] === value);
    const rest = Object.entries(second.inputs).filter(([input]) => input !== name);
    // It takes the first one's place, where whatever else the second one needs must be there.
    if (!name || rest.some(([, source]) => (made.get(source) ?? -1) > index)) continue;
    const renamed = rest.map(([input, source]) => [fusion.renamed?.[input] ?? input, source]);
    fused[index] = {
      kernel: fusion.fused,
      attrs: { ...first.attrs, ...second.attrs, ...fusion.attrs },
      inputs: { ...first.inputs, ...Object.fromEntries(renamed) },
      takesList: false,
      outputs: first.outputs.toSpliced(fusion.output, 1, ...second.outputs),
    };
    fused[user!] = null;
  }
  return fused.filter((operation) => operation !== null);
}

/** Which operations use a value, once for each use; a result of the function is used by whoever called it. */
function usersOf(operations: readonly Operation[], results: readonly Source[]): Map<Source, number[]> {
  const users = new Map<Source, number[]>();
  const add = (source: Source, user: number) => users.set(source, [...(users.get(source) ?? []), user]);
  for (const [index, operation] of operations.entries())
    for (const source of sourcesOf(operation)) add(source, index);
  for (const source of results) add(source, operations.length);
  return users;
}
