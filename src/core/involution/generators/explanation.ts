import { keep, slice, type Tensor } from '@tensorflow/tfjs-core';
import { type InvolutionAttributes, involutionGeometry } from '../geometry';
import { neighbourhood } from '../neighbourhood';
import type { NoteStage } from './generator';

/** A step on the way from a pixel to its kernel. */
export interface KernelStage {
  /** "query", "scores", "kernel". */
  readonly name: string;
  /** Without the batch and the position: [C], [taps, 1, G], or [S·S, C] for what lies in the window. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Collects the stages of one position while its kernel is generated, and reads them. */
export class Explanation {
  readonly #noted: { name: string; values: Tensor; isWindow: boolean }[] = [];

  constructor(
    private readonly row: number,
    private readonly column: number,
    /** Its `kernelSize` is the side of the kernels. */
    private readonly attributes: InvolutionAttributes,
  ) {}

  readonly note: NoteStage = (name, values, seen = 'at the position') => {
    const isWindow = seen === 'through the window';
    this.#noted.push({ name, values: keep(isWindow ? values.clone() : this.#atPosition(values)), isWindow });
  };

  /** In order. The tensors that were kept for it are gone afterwards. */
  async stages(): Promise<KernelStage[]> {
    const stages: KernelStage[] = [];
    for (const { name, values, isWindow } of this.#noted) {
      const data = new Float32Array(await values.data());
      const shape = isWindow ? [this.attributes.kernelSize ** 2, values.shape[3]!] : values.shape.slice(3);
      stages.push({ name, shape, values: isWindow ? this.#window(data, values.shape) : data });
      values.dispose();
    }
    return stages;
  }

  #atPosition(values: Tensor): Tensor {
    const rest = values.shape.slice(3);
    const zeros = rest.map(() => 0);
    return slice(values, [0, this.row, this.column, ...zeros], [1, 1, 1, ...rest]);
  }

  #window(values: Float32Array, shape: number[]): Float32Array {
    return neighbourhood(values, involutionGeometry(shape, this.attributes), this.row, this.column);
  }
}
