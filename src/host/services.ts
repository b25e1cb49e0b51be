import type * as vscode from 'vscode';
import type { DataChoices } from './dataChoices';
import type { NetworkFiles } from './networkFiles/networkFiles';
import type { RunStore } from './runStore';
import type { Tour } from './tour';
import type { Training } from './training';
import type { TrainingForm } from './trainingForm';
import type { WorkerClient } from './workerClient';

/** What commands and panels work with; made once, in extension.ts. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly worker: WorkerClient;
  readonly training: Training;
  readonly runs: RunStore;
  readonly form: TrainingForm;
  readonly data: DataChoices;
  readonly tour: Tour;
  readonly networkFiles: NetworkFiles;
}
