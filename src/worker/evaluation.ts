import { evaluateCheckpoint } from '../application/evaluateCheckpoint';
import { findCheckpoint } from '../node/runs/checkpoints';
import type { WorkerFunctions } from '../protocol/workerCalls';
import type { WorkerContext } from './context';

export function evaluationFunctions({
  tasks,
  engines,
  datasets,
}: WorkerContext): Pick<WorkerFunctions, 'evaluate'> {
  return {
    evaluate: (runFolder, model, data, task) =>
      tasks.run(task, async ({ signal, onProgress }) => {
        const { dataset, change } = await datasets.ofRun(runFolder, data, { signal, onProgress });
        await engines.forLooking();
        const checkpoint = await findCheckpoint(runFolder, model, 'last');
        const evaluation = await evaluateCheckpoint(checkpoint, model, dataset, {
          signal,
          onProgress: (fraction) => onProgress({ message: '', fraction }),
        });
        return { ...evaluation, dataChange: change };
      }),
  };
}
