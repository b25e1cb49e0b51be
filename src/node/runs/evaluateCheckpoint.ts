import type { Dataset } from '../../core/data/dataset';
import { type Evaluation, evaluationOf } from '../../core/evaluation/evaluation';
import { type PredictOptions, predict } from '../../core/evaluation/predict';
import type { ModelName } from '../../core/runs/spec';
import { loadNetwork, type StoredCheckpoint } from './checkpoints';

/** A checkpoint of a model on the validation images. Needs a started engine. */
export async function evaluateCheckpoint(
  checkpoint: StoredCheckpoint,
  model: ModelName,
  { classes, imageShape, validation }: Dataset,
  options: PredictOptions = {},
): Promise<Evaluation> {
  const network = await loadNetwork(checkpoint);
  try {
    const logits = await predict(network, validation, imageShape, classes.length, options);
    return evaluationOf(model, classes, validation.labels, logits);
  } finally {
    network.dispose();
  }
}
