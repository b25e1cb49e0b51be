import type { Dataset } from '../../core/data/dataset';
import { type Evaluation, evaluationOf } from '../../core/evaluation/evaluation';
import { type PredictOptions, predict } from '../../core/evaluation/predict';
import type { ModelName } from '../../core/runs/spec';
import { listCheckpoints, loadNetwork } from './checkpoints';

/** The newest checkpoint of a run's model on the validation images. Needs a started engine. */
export async function evaluateRun(
  runFolder: string,
  model: ModelName,
  { classes, imageShape, validation }: Dataset,
  options: PredictOptions = {},
): Promise<Evaluation> {
  const checkpoint = (await listCheckpoints(runFolder, model)).at(-1);
  if (!checkpoint)
    throw new Error(
      `The ${model} model of ${runFolder} has no checkpoint yet. Its first is written soon after it begins; try again then.`,
    );
  const network = await loadNetwork(checkpoint);
  try {
    const probabilities = await predict(network, validation, imageShape, classes.length, options);
    return evaluationOf(model, classes, validation.labels, probabilities);
  } finally {
    network.dispose();
  }
}
