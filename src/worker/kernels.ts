import { KernelSessions } from '../node/kernels/sessions';
import type { WorkerFunctions } from '../protocol/worker';
import type { WorkerContext } from './context';

type KernelFunctions = Pick<WorkerFunctions, 'openKernels' | 'kernelMap' | 'kernelAt' | 'closeKernels'>;

export function kernelFunctions({ tasks, engines, datasets }: WorkerContext): KernelFunctions {
  const sessions = new KernelSessions({
    engine: () => engines.forLooking(),
    dataset: (runFolder, options) => datasets.ofRun(runFolder, options),
  });
  engines.onRelease(() => sessions.releaseNetworks());
  return {
    openKernels: (request, task) => tasks.run(task, (options) => sessions.open(request, options)),
    kernelMap: async (session, layer, group) => sessions.map(session, layer, group),
    kernelAt: (session, layer, row, column) => sessions.at(session, layer, row, column),
    closeKernels: async (session) => sessions.close(session),
  };
}
