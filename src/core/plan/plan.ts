import {
  clone,
  engine,
  getBackend,
  getKernel,
  keep,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { withFusions } from './fusions';
import { lifetimesOf } from './lifetimes';
import {
  type KernelCall,
  type MadeAtStep,
  type Operation,
  type Recording,
  type Source,
  sourcesOf,
} from './recording';

/** An operation, and the values that nobody needs after it. */
interface Planned {
  readonly operation: Operation;
  readonly done: readonly number[];
}

/**
 * A recording to be run again: the same kernels on other values, without TF.js's tape and the scopes of its ops. Each value lives
 * until its last use, which is known. Owns its constants: `dispose` it.
 */
export class Plan {
  readonly #steps: readonly Planned[];
  readonly #constants: ReadonlyMap<number, Tensor>;
  readonly #made: ReadonlyMap<number, MadeAtStep>;
  readonly #results: readonly Source[];

  constructor(recorded: Recording) {
    const recording = withFusions(recorded, (kernel) => getKernel(kernel, getBackend()) !== undefined);
    const used = usedValues(recording);
    const lifetimes = lifetimesOf(recording);
    this.#steps = recording.operations.map((operation, i) => ({ operation, done: lifetimes[i]! }));
    this.#results = recording.results;
    this.#made = recording.made;
    this.#constants = new Map(
      [...recording.constants]
        .filter(([value]) => used.has(value))
        .map(([value, { values, shape, dtype }]) => [
          value,
          keep(engine().makeTensor(values, [...shape], dtype)),
        ]),
    );
  }

  /** The function's results for these inputs. The caller disposes of them, and of the inputs. */
  run(inputs: readonly Tensor[], step: number): Tensor[] {
    return tidy(() => {
      const values: (Tensor | undefined)[] = [...inputs];
      for (const [value, tensor] of this.#constants) values[value] = tensor;
      for (const [value, make] of this.#made) values[value] = make(step);
      for (const { operation, done } of this.#steps) {
        if ('kernel' in operation) runKernel(operation, values);
        else operation.variable.assign(values[operation.value]!);
        for (const value of done) {
          values[value]!.dispose();
          values[value] = undefined;
        }
      }
      return this.#results.map((source) =>
        typeof source === 'number' && !this.#constants.has(source)
          ? values[source]!
          : clone(this.#at(source, values)),
      );
    });
  }

  dispose(): void {
    for (const constant of this.#constants.values()) constant.dispose();
  }

  #at(source: Source, values: readonly (Tensor | undefined)[]): Tensor {
    return typeof source === 'number' ? values[source]! : source;
  }
}

/** What `engine().runKernel` comes to once nothing is asked for but the kernel. */
function runKernel(call: KernelCall, values: (Tensor | undefined)[]): void {
  const { backend } = engine();
  const inputs: Record<string, Tensor> = call.takesList ? ([] as never) : {};
  for (const name in call.inputs) {
    const source = call.inputs[name]!;
    inputs[name] = typeof source === 'number' ? values[source]! : source;
  }
  const { kernelFunc } = getKernel(call.kernel, getBackend())!;
  const given = kernelFunc({ inputs, attrs: call.attrs, backend });
  const outputs = Array.isArray(given) ? given : [given];
  for (const [i, value] of call.outputs.entries()) values[value] = asTensor(outputs[i]!);
}

/** Some kernels give tensors, most what a tensor can be made of. */
const asTensor = (info: TensorInfo): Tensor =>
  'rank' in info ? (info as Tensor) : engine().makeTensorFromTensorInfo(info);

function usedValues({ operations, results }: Recording): ReadonlySet<Source> {
  return new Set([...operations.flatMap(sourcesOf), ...results]);
}
