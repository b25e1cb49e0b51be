import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { brokenInstallation, type Installation, packageFolder, quiet } from './installation';

/** A value of a TensorFlow op's attribute. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | number[];
}

/** The part of tfjs-node's native binding that the engine uses: constants of TensorFlow's C API. */
export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_Version: string;
  /** Gives the id of a tensor of these values. It may use their memory as long as it lives, or a copy. */
  createTensor(shape: number[], dtype: number, values: core.backend_util.BackendValues): number;
  deleteTensor(id: number): void;
  executeOp(
    op: string,
    attributes: OpAttribute[],
    inputs: number[],
    outputs: number,
  ): { readonly id: number; readonly shape: number[]; readonly dtype: number }[];
}

/** What tfjs-node keeps of a tensor: values that TensorFlow has not seen yet, or the id under which it has them. */
export interface TensorRecord {
  readonly shape: number[];
  readonly dtype: number;
  values: core.backend_util.BackendValues | null;
  id: number;
  refCount: number;
}

/** tfjs-node's backend: runs any op of TensorFlow by its name. */
export interface TensorFlowBackend extends core.KernelBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: core.DataStorage<TensorRecord>;
  applyActivation(
    y: core.Tensor,
    activation: string,
    preluWeights?: core.Tensor,
    leakyReluAlpha?: number,
  ): core.Tensor;
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: core.TensorInfo[]): core.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: core.TensorInfo[],
    outputs: number,
  ): core.Tensor[];
}

/** Where the modules that stand in for TF.js beside tfjs-node (see binding/packages.ts) find the TF.js of this program. */
export const sharedTensorFlowJs = 'involution-lab.tfjs';

/**
 * Loads tfjs-node on this program's TF.js and gives its backend. A native library can't be unloaded: a second call
 * gives the same one.
 */
export function loadBackend(folder: string, installation: Installation): TensorFlowBackend {
  const require = createRequire(join(folder, 'package.json'));
  restoreUtilFunctions();
  Object.assign(process.env, { ...quiet, ...process.env });
  (globalThis as Record<symbol, unknown>)[Symbol.for(sharedTensorFlowJs)] ??= {
    ...core,
    ...layers,
    version: { 'tfjs-core': core.version_core, 'tfjs-layers': layers.version_layers },
  };
  try {
    require(packageFolder(folder, installation));
  } catch (error) {
    throw brokenInstallation(folder, (error as Error).message.split('\n')[0]!);
  }
  return core.findBackend('tensorflow') as TensorFlowBackend;
}

/** tfjs-node 4.22 calls two functions that Node 22 warns of and Node 23 took out of `util`. */
export function restoreUtilFunctions(
  util: Record<string, unknown> = createRequire(import.meta.url)('node:util'),
): void {
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
