import { buildNetwork } from '../core/network/build';
import { presetNetwork } from '../core/network/presets/presets';
import { summarize } from '../core/network/summary';
import { summaryTable } from '../core/network/summaryTable';
import { modelNames } from '../core/runs/spec';
import type { WorkerFunctions } from '../protocol/worker';
import type { WorkerContext } from './context';

export function modelFunctions({ engines }: WorkerContext): Pick<WorkerFunctions, 'summaries'> {
  return {
    async summaries(inputShape, classes) {
      await engines.forLooking();
      return modelNames.map((name) => {
        const network = buildNetwork(presetNetwork(name), { inputShape, classes, seed: 0 });
        const summary = summarize(network);
        network.dispose();
        return { ...summary, name, text: summaryTable(summary, { costs: false }) };
      });
    },
  };
}
