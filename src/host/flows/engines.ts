import * as vscode from 'vscode';
import type { EngineName } from '../../core/runs/spec';
import { nvidiaCard } from '../../node/nvidiaCard';
import type { WorkerFunctions } from '../../protocol/workerCalls';
import { type Choice, offer, pickOne } from '../dialogs';
import { command } from '../ids';
import { Problem } from '../problem';
import { withProgress } from '../progress';
import type { Services } from '../services';
import { readSettings, settingsSection } from '../settings';
import { assertTrusted } from '../trust';
import { engineTitles } from '../words';
import type { WorkerClient } from '../workerClient';

const { l10n } = vscode;

type Source = Choice & { readonly source: 'found' | 'gpu' | 'cpu' | 'link' };
type EngineReport = Awaited<ReturnType<WorkerFunctions['engines']>>[number];
type EngineItem = Choice & {
  readonly choice: EngineName | 'auto';
  readonly report?: EngineReport;
};

/** Shows what each engine could do here, and why one can't; the choice goes to the settings. */
export async function selectEngine({ worker }: Services): Promise<void> {
  const current = readSettings().engine;
  const items = worker.call('engines').then((reports): EngineItem[] => [
    {
      choice: 'auto',
      label: l10n.t('Automatic'),
      description: current === 'auto' ? l10n.t('current') : '',
      detail: l10n.t('The fastest that works on this machine.'),
    },
    ...reports.map((report) => engineItem(report, current)),
  ]);
  const chosen = await pickOne(items, {
    title: l10n.t('Select Engine'),
    placeHolder: l10n.t('What computes, from the next training on'),
  });
  if (chosen.report && !chosen.report.available) throw unavailable(chosen.report);
  await useEngine(chosen.choice);
}

/** From the stock download, or linked to a TensorFlow that is on the machine already. */
export async function installTensorFlow({ worker, training }: Services): Promise<void> {
  assertTrusted(l10n.t('Nothing is installed while the workspace is not trusted.'));
  if (training.isBusy) {
    throw new Problem(l10n.t("An engine can't be installed while a run is being trained. Stop it first."), [
      { title: l10n.t('Stop'), run: () => vscode.commands.executeCommand(command('stop')) },
    ]);
  }
  const options = await chooseInstallation(worker);
  const version = await withProgress(l10n.t('Installing the TensorFlow engine'), ({ signal, onProgress }) =>
    worker.task((task) => worker.call('installTensorFlow', options, task), {
      signal,
      onProgress,
    }),
  );
  // A library that is loaded stays loaded: only a new process uses the new one.
  await worker.stop(stopGraceMs);
  void offer('info', l10n.t('TensorFlow is installed: {0}.', version), [
    { title: l10n.t('Use It'), run: () => useEngine('tensorflow') },
    {
      title: l10n.t('Show Log'),
      run: () => vscode.commands.executeCommand(command('showLog')),
    },
  ]);
}

/** An idle worker has nothing to save: a moment is enough. */
const stopGraceMs = 5_000;

async function chooseInstallation(
  worker: Pick<WorkerClient, 'call'>,
): Promise<{ gpu: boolean; libtensorflow?: string }> {
  const [card, found] = await Promise.all([nvidiaCard(), worker.call('installedTensorFlow')]);
  const gpu: Source = {
    source: 'gpu',
    label: l10n.t('Download TensorFlow for GPU'),
    description: card ?? l10n.t('no NVIDIA GPU found'),
    detail: l10n.t('About 400 MB. Needs an NVIDIA GPU with CUDA 11.2.'),
  };
  const cpu: Source = {
    source: 'cpu',
    label: l10n.t('Download TensorFlow for CPU'),
    description: '',
    detail: l10n.t('About 200 MB.'),
  };
  const link: Source = {
    source: 'link',
    label: l10n.t('Link to a TensorFlow on this machine…'),
    description: l10n.t('for a current CUDA'),
    detail: l10n.t(
      'Choose the folder of an installed Python package “tensorflow” (2.16 or newer). Needs a C++ compiler, takes a minute.',
    ),
  };
  const here: Source[] = found
    ? [
        {
          source: 'found',
          label: l10n.t('Link to TensorFlow {0}', found.version),
          description: found.folder,
          detail: l10n.t('Already on this machine, and newer than what can be downloaded. Takes a minute.'),
        },
      ]
    : [];
  const chosen = await pickOne([...here, ...(card ? [gpu, link, cpu] : [cpu, link, gpu])], {
    title: l10n.t('Install the TensorFlow Engine'),
    placeHolder: l10n.t('Where TensorFlow comes from'),
  });
  if (chosen.source === 'found' && found) return { gpu: card !== null, libtensorflow: found.folder };
  if (chosen.source !== 'link') return { gpu: chosen.source === 'gpu' };
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: l10n.t('Link to This TensorFlow'),
    })) ?? [];
  if (!folder) throw new vscode.CancellationError();
  return { gpu: card !== null, libtensorflow: folder.fsPath };
}

function engineItem(report: EngineReport, current: EngineName | 'auto'): EngineItem {
  const label = engineTitles[report.name];
  if (!report.available) {
    const detail = `${report.reason} ${report.cure}`;
    return { choice: report.name, report, label, icon: 'circle-slash', detail };
  }
  return {
    choice: report.name,
    report,
    label,
    description: report.name === current ? l10n.t('current') : '',
    detail: `${report.device} · ${report.version}`,
  };
}

function unavailable({ name, reason, cure }: EngineReport): Problem {
  const message = l10n.t("{0} can't be used here: {1} {2}", engineTitles[name], reason, cure);
  if (name !== 'tensorflow') return new Problem(message);
  return new Problem(message, [
    {
      title: l10n.t('Install'),
      run: () => vscode.commands.executeCommand(command('installTensorFlow')),
    },
  ]);
}

async function useEngine(choice: EngineName | 'auto'): Promise<void> {
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration(settingsSection).update('engine', choice, target);
}
