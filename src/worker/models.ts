import { networks } from '../core/models/networks';
import { summarize } from '../core/models/summary';
import { summaryTable } from '../core/models/summaryTable';
import { modelNames } from '../core/runs/spec';
import type { WorkerFunctions } from '../protocol/worker';
import type { WorkerContext } from './context';

export function modelFunctions({ engines }: WorkerContext): Pick<WorkerFunctions, 'summaries'> {
  return {
    async summaries(inputShape, classes) {
      await engines.forLooking();
      return modelNames.map((name) => {
        const network = networks[name]({ inputShape, classes, seed: 0 });
        const summary = summarize(network);
        network.dispose();
        return { ...summary, name, text: summaryTable(summary, { costs: false }) };
      });
    },
  };
}
