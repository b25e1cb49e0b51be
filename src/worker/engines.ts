import { engineReports } from '../engines/select';
import { installTensorFlow } from '../engines/tensorflow/install';
import { findInstalledLibrary } from '../engines/tensorflow/installedLibrary';
import type { WorkerFunctions } from '../protocol/workerCalls';
import type { WorkerContext } from './context';

export function engineFunctions({
  tasks,
}: WorkerContext): Pick<WorkerFunctions, 'engines' | 'installedTensorFlow' | 'installTensorFlow'> {
  return {
    engines: () => engineReports(),
    installedTensorFlow: async () => findInstalledLibrary(),
    installTensorFlow: (options, task) =>
      tasks.run(task, async ({ signal, onProgress }) => {
        const { version, gpu } = await installTensorFlow({ ...options, signal, onProgress });
        return `${version} · ${gpu ? 'GPU' : 'CPU'}`;
      }),
  };
}
