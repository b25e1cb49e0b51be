import type { Dataset } from '../core/data/dataset';
import { type CheckpointEvaluation, evaluationOf } from '../core/evaluation/evaluation';
import { type PredictOptions, predict } from '../core/evaluation/predict';
import type { ModelId } from '../core/network/model';
import { loadNetwork, type StoredCheckpoint } from '../node/runs/checkpoints';
import { lostEpochs } from '../node/runs/lostEpochs';

/** A checkpoint of a model on the validation images. Needs a started engine. */
export async function evaluateCheckpoint(
  checkpoint: StoredCheckpoint,
  model: ModelId,
  { classes, imageShape, validation }: Dataset,
  options: PredictOptions = {},
): Promise<CheckpointEvaluation> {
  const { epoch } = checkpoint;
  const missing = await lostEpochs(checkpoint);
  const network = await loadNetwork(checkpoint);
  try {
    const logits = await predict(network, validation, imageShape, classes.length, options);
    return { ...evaluationOf(model, classes, validation.labels, logits), epoch, missing };
  } finally {
    network.dispose();
  }
}
