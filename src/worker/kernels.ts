import type { KernelSessions } from '../application/kernels/sessions';
import type { WorkerFunctions } from '../protocol/workerCalls';
import type { WorkerContext } from './context';

type KernelFunctions = Pick<
  WorkerFunctions,
  'openKernels' | 'kernelMap' | 'kernelAt' | 'kernelRow' | 'counterpart' | 'closeKernels'
>;

export function kernelFunctions({ tasks, engines, datasets }: WorkerContext): KernelFunctions {
  let opened: Promise<KernelSessions> | undefined;
  /** Image formats are a large native module that a training can do without. */
  const sessions = () => {
    opened ??= import('../application/kernels/sessions').then(
      ({ KernelSessions }) =>
        new KernelSessions({
          engine: () => engines.forLooking(),
          data: (runFolder, choice, options) => datasets.ofRun(runFolder, choice, options),
        }),
    );
    return opened;
  };
  engines.onRelease(async () => (await opened)?.releaseNetworks());
  return {
    openKernels: (request, task) =>
      tasks.run(task, async (options) => (await sessions()).open(request, options)),
    kernelMap: async (session, layer, group, statistic) =>
      (await sessions()).map(session, layer, group, statistic),
    kernelAt: async (session, layer, row, column) => (await sessions()).at(session, layer, row, column),
    kernelRow: async (session, layer, row) => (await sessions()).row(session, layer, row),
    counterpart: async (session, layer, filter) => (await sessions()).counterpart(session, layer, filter),
    closeKernels: async (session) => (await sessions()).close(session),
  };
}
