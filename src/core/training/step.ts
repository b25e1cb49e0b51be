import {
  dispose,
  keep,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageShape } from '../data/dataset';
import type { MemoryDemand } from '../plan/memoryDemand';
import { PlannedFunction } from '../plan/planned';
import type { Batch } from './batchSource';
import { clipByGlobalNorm } from './clip';
import { smoothedLoss, sparseSoftmaxCrossEntropy } from './loss';
import type { Optimizer } from './optimizers/optimizer';
import { normalizePixels } from './pixels';

/** Mean loss of a batch and how many of its images were classified correctly; not read back. The caller disposes them. */
export interface StepResult {
  readonly loss: Scalar;
  readonly correct: Scalar;
}

export interface StepSetting {
  readonly imageShape: ImageShape;
  /** Default: gradients are not clipped. */
  readonly clipNorm?: number | null;
  /** Its loss has it in it, too. Default: 0. */
  readonly labelSmoothing?: number;
}

/** The steps of one model. What a step has the engine do is planned once: `dispose` of it. */
export class Steps {
  /** images, labels → loss, correct, a gradient for each of the optimizer's variables. */
  readonly #gradients = new PlannedFunction((inputs, step) => this.#differentiate(inputs, step));
  /** images, labels → loss, correct. */
  readonly #measures = new PlannedFunction((inputs) => this.#measure(inputs));

  constructor(
    private readonly network: LayersModel,
    private readonly optimizer: Optimizer,
    private readonly setting: StepSetting,
  ) {}

  /** One optimizer step. @param step from 1 */
  train(batch: Batch, step: number, learningRate: number): StepResult {
    return tidy(() => {
      const inputs = this.#tensors(batch);
      const [loss, correct, ...gradients] = this.#gradients.run(inputs, step);
      dispose(inputs);
      this.optimizer.apply(gradients, learningRate, step);
      return { loss: keep(loss as Scalar), correct: keep(correct as Scalar) };
    });
  }

  /** The same measures of a batch, without learning from it; labels are not smoothed. */
  evaluate(batch: Batch): StepResult {
    return tidy(() => {
      const [loss, correct] = this.#measures.run(this.#tensors(batch), 0);
      return { loss: keep(loss as Scalar), correct: keep(correct as Scalar) };
    });
  }

  /** What memory the first steps on batches of `count` take, as `PlannedFunction.demand` has it. */
  demand(count: number): MemoryDemand | null {
    const values = this.setting.imageShape.reduce((product, side) => product * side);
    return this.#gradients.demand(count, (few) =>
      this.#tensors({ images: new Uint8Array(few * values), labels: new Uint8Array(few), count: few }),
    );
  }

  dispose(): void {
    this.#gradients.dispose();
    this.#measures.dispose();
  }

  #differentiate([images, labels]: readonly Tensor[], step: number): Tensor[] {
    const { network, optimizer } = this;
    const { clipNorm = null, labelSmoothing = 0 } = this.setting;
    let correct: Scalar | undefined;
    const { value: loss, grads } = variableGrads(() => {
      const logits = network.apply(images!, { training: true, kernels: false, step }) as Tensor2D;
      const result = sparseSoftmaxCrossEntropy(labels as Tensor1D, logits);
      // Gradients dispose of whatever their function made but did not return.
      correct = keep(result.correct);
      return smoothedLoss(result.loss, labels as Tensor1D, logits, labelSmoothing);
    }, [...optimizer.variables]);
    const gradients = optimizer.variables.map((variable) => grads[variable.name]!);
    const clipped = clipNorm === null ? gradients : clipByGlobalNorm(gradients, clipNorm);
    return [loss, correct!, ...clipped];
  }

  #measure([images, labels]: readonly Tensor[]): Tensor[] {
    const logits = this.network.apply(images!, { training: false, kernels: false }) as Tensor2D;
    const { loss, correct } = sparseSoftmaxCrossEntropy(labels as Tensor1D, logits);
    return [loss, correct];
  }

  #tensors({ images, labels, count }: Batch): [images: Tensor4D, labels: Tensor1D] {
    return [normalizePixels(images, [count, ...this.setting.imageShape]), tensor1d(labels, 'int32')];
  }
}
