import * as vscode from 'vscode';
import type { LabHost, LabSection, LabState, LabSubject } from '../../protocol/lab';
import type { Progress } from '../../protocol/worker';
import { command } from '../ids';
import { imageExtensions } from '../imageFiles';
import type { Services } from '../services';
import { readSettings } from '../settings';
import { KernelSessions } from './kernelSessions';

/** The panel that a LabHost serves, as far as it needs to know it. */
export interface LabPage {
  subject: LabSubject;
  progress(section: LabSection, progress: Progress): void;
}

/** What one editor panel can ask for. `dispose` ends what is still under way and lets go of its kernels. */
export function createLabHost(page: LabPage, services: Services): LabHost & vscode.Disposable {
  const { worker, runs, log } = services;
  const pending = new Map<LabSection, Set<AbortController>>();
  const kernels = new KernelSessions(worker);

  /** A section may be waiting for several at once, one an image, say. */
  async function task<T>(section: LabSection, run: (task: string) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const waiting = pending.get(section) ?? new Set();
    pending.set(section, waiting.add(abort));
    try {
      return await worker.task(run, {
        signal: abort.signal,
        onProgress: (progress) => page.progress(section, progress),
      });
    } finally {
      waiting.delete(abort);
    }
  }
  function cancel(section: LabSection): void {
    for (const abort of pending.get(section) ?? []) abort.abort();
  }

  return {
    ready: async () => labState(page.subject, services),
    series: async (request) => runs.series(request),
    async summaries(run) {
      const { data } = await runs.manifest(run);
      return worker.call('summaries', data.imageShape, data.classes.length);
    },
    evaluation: (run, model) =>
      task('evaluation', (id) => worker.call('evaluate', runs.path(run), model, id)),
    validationImages: (run, indices) => worker.call('validationImages', runs.path(run), indices),
    dataPreview: (run) => task('data', (id) => worker.call('dataPreview', runs.path(run), id)),
    openKernels: (image, run, epoch, resolution) =>
      task('kernels', (id) =>
        kernels.open({ image, runFolder: run && runs.path(run), epoch, resolution }, id),
      ),
    kernelMap: (session, layer, group) =>
      kernels.with(session, (id) => worker.call('kernelMap', id, layer, group)),
    kernelAt: (session, layer, row, column) =>
      kernels.with(session, (id) => worker.call('kernelAt', id, layer, row, column)),
    closeKernels: (session) => kernels.close(session),
    async pickImages() {
      const files = await vscode.window.showOpenDialog({
        canSelectMany: true,
        filters: { [vscode.l10n.t('Images')]: imageExtensions },
        openLabel: vscode.l10n.t('Show Kernels'),
      });
      return (files ?? []).map((file) => file.fsPath);
    },
    cancel: async (section) => cancel(section),
    async setRuns(ids) {
      page.subject = { ...page.subject, runs: ids };
      return labState(page.subject, services);
    },
    async remember(subject) {
      page.subject = subject;
    },
    trainFirst: async () => {
      await vscode.commands.executeCommand(command('train'));
    },
    resume: async (run) => {
      await vscode.commands.executeCommand(command('resume'), runs.card(run));
    },
    exportModel: async (run) => {
      await vscode.commands.executeCommand(command('exportModel'), runs.card(run));
    },
    async save(suggestedName, bytes) {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(runs.folder);
      const defaultUri = vscode.Uri.joinPath(folder, suggestedName);
      const target = await vscode.window.showSaveDialog({ defaultUri });
      if (!target) return false;
      await vscode.workspace.fs.writeFile(target, bytes);
      return true;
    },
    copy: async (text) => vscode.env.clipboard.writeText(text),
    showLog: async () => log.show(),
    dispose() {
      for (const section of pending.keys()) cancel(section);
      kernels.closeAll();
    },
  };
}

async function labState(subject: LabSubject, { runs }: Services): Promise<LabState> {
  await runs.loaded();
  await runs.look(subject.runs);
  const { smoothing, colorMap } = readSettings();
  const shown = subject.runs.flatMap((id) => runs.card(id) ?? []);
  return {
    subject,
    shown,
    others: runs.cards().filter(({ id }) => !subject.runs.includes(id)),
    trusted: vscode.workspace.isTrusted,
    preferences: { smoothing, colorMap },
  };
}
