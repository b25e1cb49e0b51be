import * as vscode from 'vscode';
import { DataChoices } from '../../../src/host/dataChoices';
import { NetworkFiles } from '../../../src/host/networkFiles/networkFiles';
import { RunStore } from '../../../src/host/runStore';
import type { Services } from '../../../src/host/services';
import { Tour } from '../../../src/host/tour';
import { Training } from '../../../src/host/training';
import { TrainingForm } from '../../../src/host/trainingForm';
import { memento, memoryLog } from './doubles';
import { thisExtension } from './extension';
import { FakeWorker } from './fakeWorker';

/** The services of the extension over a worker that is none, a folder of one's own, and memory in place of storage. */
export function testServices(
  runsFolder: string,
  worker = new FakeWorker(),
): Services & { worker: FakeWorker & Services['worker'] } & vscode.Disposable {
  const log = memoryLog();
  const runs = new RunStore(runsFolder, log);
  const training = new Training(worker.client, () => runs.folder);
  const context = {
    extensionUri: thisExtension().extensionUri,
    extension: thisExtension(),
    workspaceState: memento(),
    // Among the runs, where nobody takes it for one.
    storageUri: vscode.Uri.joinPath(vscode.Uri.file(runsFolder), '.storage'),
    globalState: memento(),
    subscriptions: [],
  } as unknown as vscode.ExtensionContext;
  const form = new TrainingForm(context.globalState);
  return {
    context,
    log,
    runs,
    training,
    worker: worker as FakeWorker & Services['worker'],
    form,
    data: new DataChoices(context.workspaceState),
    tour: new Tour(context.globalState),
    networkFiles: new NetworkFiles(context.workspaceState, form),
    dispose() {
      runs.dispose();
      training.dispose();
    },
  };
}
