import { findCheckpoint } from '../node/runs/checkpoints';
import { evaluateCheckpoint } from '../node/runs/evaluateCheckpoint';
import type { WorkerFunctions } from '../protocol/worker';
import type { WorkerContext } from './context';

export function evaluationFunctions({
  tasks,
  engines,
  datasets,
}: WorkerContext): Pick<WorkerFunctions, 'evaluate'> {
  return {
    evaluate: (runFolder, model, task) =>
      tasks.run(task, async ({ signal, onProgress }) => {
        const dataset = await datasets.ofRun(runFolder, { signal, onProgress });
        await engines.forLooking();
        return evaluateCheckpoint(await findCheckpoint(runFolder, model, 'last'), model, dataset, {
          signal,
          onProgress: (fraction) => onProgress({ message: '', fraction }),
        });
      }),
  };
}
