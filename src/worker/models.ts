import { buildNetwork } from '../core/network/build';
import { summarize } from '../core/network/summary';
import { summaryTable } from '../core/network/summaryTable';
import type { WorkerFunctions } from '../protocol/workerCalls';
import type { WorkerContext } from './context';

export function modelFunctions({ engines }: WorkerContext): Pick<WorkerFunctions, 'summary'> {
  return {
    async summary(spec, inputShape, classes) {
      await engines.forLooking();
      const network = buildNetwork(spec, { inputShape, classes, seed: 0 });
      const summary = summarize(network);
      network.dispose();
      return { ...summary, text: summaryTable(summary, { costs: false }) };
    },
  };
}
