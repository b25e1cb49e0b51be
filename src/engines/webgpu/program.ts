import { type WebGPUBackend, type WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';

const workgroupSize: [number, number, number] = [64, 1, 1];

export interface Gather {
  /** Names the WGSL in `body`: two programs of one name must not differ in it. */
  readonly name: string;
  readonly outputShape: number[];
  /** By the name that `body` knows it by: a flat array<f32>. `body` must read every one. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** Integers, as `uniforms.name`. */
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** WGSL that computes the output's element `index`, an i32, and puts it into `value`. */
  readonly body: string;
}

/**
 * Runs a compute shader with one thread for each element of the output: it gathers what it needs, writes one place, and
 * neighbouring threads write neighbouring elements.
 */
export function runGather(backend: WebGPUBackend, gather: Gather): TensorInfo {
  const { name, outputShape, inputs, integers = {}, floats = {}, body } = gather;
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape);
  const program: WebGPUProgram = {
    outputShape,
    shaderKey: name,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, workgroupSize),
    workgroupSize,
    variableNames: Object.keys(inputs),
    uniforms: [...declare(integers, 'i32'), ...declare(floats, 'f32')].join(''),
    size: true,
    getUserCode: () => `
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        var value = 0.0;
        ${body}
        setOutputAtIndex(index, value);
      }`,
  };
  return backend.runWebGPUProgram(program, flat(inputs), 'float32', [
    ...Object.values(integers).map((value) => ({ type: 'int32', data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32', data: [value] })),
  ]);
}

export const flat = (inputs: Readonly<Record<string, TensorInfo>>) =>
  Object.values(inputs).map((tensor) => ({ ...tensor, shape: [util.sizeFromShape(tensor.shape)] }));

export const declare = (values: Readonly<Record<string, number>>, type: string) =>
  Object.keys(values).map((name) => `${name} : ${type}, `);
