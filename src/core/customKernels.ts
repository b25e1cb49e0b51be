import {
  backend,
  engine,
  type GradConfig,
  getBackend,
  getGradient,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/**
 * What a kernel that the project adds to TF.js takes and gives: the contract between the core and every engine. A table
 * has them by their names; all that is registered, filled in or run is typed by it.
 */
export interface KernelContract {
  inputs: object;
  attrs: object;
  outputs: TensorInfo | TensorInfo[];
}

/** Contracts by kernel name. */
export type KernelTable<Table> = { [Name in keyof Table]: KernelContract };

export type Kernel<Contract extends KernelContract> = (
  inputs: Contract['inputs'],
  attrs: Contract['attrs'],
  backend: object,
) => Contract['outputs'];

/** One implementation for each kernel name. */
export type KernelSet<Table extends KernelTable<Table>> = { [Name in keyof Table]: Kernel<Table[Name]> };

/** A kernel's outputs, as tensors. */
export type KernelTensors<Contract extends KernelContract> = TensorsFor<Contract['outputs']>;
type TensorsFor<Outputs> = Outputs extends unknown[] ? { [Index in keyof Outputs]: Tensor } : Tensor;

/** Registers an engine's implementations for its backend, in place of any that were there before. */
export function registerKernels<Table extends KernelTable<Table>>(
  backendName: string,
  kernels: Partial<KernelSet<Table>>,
): void {
  for (const [kernelName, implementation] of Object.entries(kernels)) {
    if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
      (implementation as (inputs: unknown, attrs: unknown, backend: object) => TensorInfo | TensorInfo[])(
        inputs,
        attrs,
        backend,
      );
    registerKernel({ kernelName, backendName, kernelFunc });
  }
}

/**
 * Gives the current backend every kernel that it lacks. A program that never started one of our engines (webgl in a
 * browser, say) gets them all.
 */
export function registerMissingKernels<Table extends KernelTable<Table>>(portable: KernelSet<Table>): void {
  backend();
  const backendName = getBackend();
  const missing = Object.entries(portable).filter(([name]) => !getKernel(name, backendName));
  if (missing.length > 0)
    registerKernels<Table>(backendName, Object.fromEntries(missing) as Partial<KernelSet<Table>>);
}

type KernelRunner<Table extends KernelTable<Table>> = <Name extends keyof Table & string>(
  kernelName: Name,
  inputs: Table[Name]['inputs'],
  attrs: Table[Name]['attrs'],
) => KernelTensors<Table[Name]>;

/** What runs a table's kernels on the current backend, recording them for back-propagation. */
export function kernelRunner<Table extends KernelTable<Table>>(): KernelRunner<Table> {
  return <Name extends keyof Table & string>(
    kernelName: Name,
    inputs: Table[Name]['inputs'],
    attrs: Table[Name]['attrs'],
  ) =>
    engine().runKernel(kernelName, inputs as NamedTensorMap, attrs as NamedAttrMap) as KernelTensors<
      Table[Name]
    >;
}

/** Teaches TF.js to differentiate kernels that it has no gradient of. */
export function registerGradients(gradients: readonly GradConfig[]): void {
  for (const gradient of gradients) if (!getGradient(gradient.kernelName)) registerGradient(gradient);
}
