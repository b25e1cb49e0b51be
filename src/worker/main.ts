// The worker process: trains and computes for the extension, over the channel that it was forked with.
import * as l10n from '@vscode/l10n';
import { createBirpc } from 'birpc';
import * as v from 'valibot';
import { engineNames } from '../core/runs/spec';
import { inWords } from '../node/files/systemErrors';
import { eventNames, guarded } from '../protocol/calls';
import { wireFormat } from '../protocol/wire';
import { restrictedVariable } from '../protocol/worker';
import { type WorkerFunctions, type WorkerNews, workerCalls, workerNews } from '../protocol/workerCalls';
import { dataFunctions } from './data';
import { Datasets } from './datasets';
import { EngineHolder } from './engineHolder';
import { engineFunctions } from './engines';
import { evaluationFunctions } from './evaluation';
import { exportFunctions } from './exportModel';
import { kernelFunctions } from './kernels';
import { exitWhenAlone, reportCrashes } from './lifetime';
import { modelFunctions } from './models';
import { Tasks } from './tasks';
import { WorkerTraining } from './training';

const [, , preferred, translations] = process.argv;
if (translations) l10n.config({ fsPath: translations });

reportCrashes();

const functions = {} as WorkerFunctions;
const events: WorkerNews = createBirpc<WorkerNews, WorkerFunctions>(functions, {
  ...wireFormat,
  post: (message) => post(message),
  on: (listener) => process.on('message', listener),
  bind: 'functions',
  resolver(name) {
    const called = guarded(functions, workerCalls, name, 'extension');
    return (
      called &&
      ((...args: unknown[]) =>
        called(...args).catch((error: unknown) => {
          throw inWords(error);
        }))
    );
  },
  onGeneralError: (error) => {
    events.log('error', l10n.t("A message that can't be read: {0}", error.message));
    return true;
  },
  eventNames: eventNames(workerNews),
  timeout: -1,
});
const tasks = new Tasks((task, progress) => events.progress(task, progress));
const engines = new EngineHolder(
  v.parse(v.fallback(v.picklist(['auto', ...engineNames]), 'auto'), preferred),
);
const context = {
  events,
  engines,
  tasks,
  datasets: new Datasets(process.env[restrictedVariable] !== undefined),
};
const training = new WorkerTraining(context);
exitWhenAlone(() => training.stop());

Object.assign(functions, {
  ...training.functions,
  ...engineFunctions(context),
  ...modelFunctions(context),
  ...dataFunctions(context),
  ...evaluationFunctions(context),
  ...kernelFunctions(context),
  ...exportFunctions,
  cancel: async (task) => tasks.cancel(task),
} satisfies WorkerFunctions);

/** A host that is gone is told nothing: its channel's end is what makes this process save and exit. */
function post(message: unknown): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
