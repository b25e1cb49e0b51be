import {
  add,
  argMax,
  cast,
  div,
  equal,
  exp,
  log,
  max,
  mean,
  mul,
  oneHot,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { registerGradients, registerMissingKernels } from '../customKernels';
import { runTrainingKernel, type TrainingKernel, type TrainingKernels } from './kernels';

registerGradients([
  {
    kernelName: 'SparseSoftmaxCrossEntropy',
    outputsToSave: [false, true, false],
    gradFunc: (dy, [gradient]) => ({ logits: () => mul((dy as Scalar[])[0]!, gradient!) }),
  },
]);

const portable: TrainingKernel<'SparseSoftmaxCrossEntropy'> = (inputs) =>
  tidy((): [Tensor, Tensor, Tensor] => {
    const logits = inputs.logits as Tensor2D;
    const labels = inputs.labels as Tensor1D;
    const [batch, classes] = logits.shape;
    const shifted = sub(logits, max(logits, 1, true));
    const exponentials = exp(shifted);
    const total = sum(exponentials, 1, true);
    const target = oneHot(labels, classes);
    const loss = mean(sub(log(total), sum(mul(shifted, target), 1, true)));
    const gradient = div(sub(div(exponentials, total), target), batch);
    const correct = sum(cast(equal(argMax(logits, 1), labels), 'float32'));
    return [loss, gradient, correct];
  });

/**
 * Mean softmax cross-entropy of logits [B, N] against class numbers [B], differentiable in the logits, and the number
 * of correct predictions. TF.js's own sparse loss clips as if logits were probabilities, hence this one.
 */
export function sparseSoftmaxCrossEntropy(
  labels: Tensor1D,
  logits: Tensor2D,
): { loss: Scalar; correct: Scalar } {
  registerMissingKernels<Pick<TrainingKernels, 'SparseSoftmaxCrossEntropy'>>({
    SparseSoftmaxCrossEntropy: portable,
  });
  const [loss, , correct] = runTrainingKernel('SparseSoftmaxCrossEntropy', { logits, labels }, {});
  return { loss: loss as Scalar, correct: correct as Scalar };
}

/**
 * The mean cross-entropy of logits [B, N] against labels of which all N classes share the part `smoothing` equally (as
 * Keras's `label_smoothing`), from the one without, `loss`: per image, smoothing · (logit of the label − mean of the
 * logits) more. Without smoothing it is `loss` itself.
 */
export function smoothedLoss(loss: Scalar, labels: Tensor1D, logits: Tensor2D, smoothing: number): Scalar {
  if (smoothing === 0) return loss;
  const classes = logits.shape[1];
  const contrast = sub(oneHot(labels, classes), 1 / classes);
  return add(loss, mul(mean(sum(mul(logits, contrast), 1)), smoothing));
}
