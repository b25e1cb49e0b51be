import * as vscode from 'vscode';
import { outlineOf } from '../../core/diagram/outline';
import { placeLayers } from '../../core/network/place';
import type { LabSection, LabState, LabSubject, RunModelSummary } from '../../protocol/lab';
import type { LabHost } from '../../protocol/labCalls';
import type { Progress } from '../../protocol/worker';
import { pickImageFolder } from '../flows/pickImageFolder';
import { command } from '../ids';
import { imageExtensions } from '../imageFiles';
import { saveFile } from '../saveFile';
import type { Services } from '../services';
import { readSettings } from '../settings';
import { assertDataMayBeRead, assertStaysInside } from '../trust';
import { OpenedKernels } from './openedKernels';

/** Of the runs that are not shown, so many are offered for comparison. */
const mostListed = 200;

/** The panel that a LabHost serves, as far as it needs to know it. */
export interface LabPage {
  subject: LabSubject;
  readonly isAwaited: boolean;
  progress(section: LabSection, progress: Progress): void;
}

/** What one editor panel can ask for. `dispose` ends what is still under way and lets go of its kernels. */
export function createLabHost(page: LabPage, services: Services): LabHost & vscode.Disposable {
  const { worker, runs, data, form, log } = services;
  const pending = new Map<LabSection, Set<AbortController>>();
  const kernels = new OpenedKernels(worker);

  /**
   * What `run` asks of the worker, with what `prepare` finds out first; both can be cancelled. A section may be waiting for
   * several at once, one per image, say.
   */
  async function task<P, T>(
    section: LabSection,
    prepare: () => Promise<P>,
    run: (task: string, prepared: P) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const waiting = pending.get(section) ?? new Set();
    pending.set(section, waiting.add(abort));
    try {
      const prepared = await prepare();
      abort.signal.throwIfAborted();
      return await worker.task((id) => run(id, prepared), {
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

  /** The folder of a run that is there. */
  async function existing(run: string): Promise<string> {
    await runs.manifest(run);
    return runs.path(run);
  }
  /** The same, for something that reads the run's data set too. */
  async function withData(run: string): Promise<string> {
    const { spec } = await runs.manifest(run);
    const { folder } = data.of(run);
    if (folder === null) await assertDataMayBeRead(spec.data);
    else await assertStaysInside(folder);
    return runs.path(run);
  }

  return {
    ready: async () => labState(page, services),
    series: async (request) => runs.series(request),
    async summaries(run) {
      const { spec, data } = await runs.manifest(run);
      const cards = runs.existing(run).models;
      const summaries: RunModelSummary[] = [];
      for (const [i, { network }] of spec.models.entries()) {
        const summary = await worker.call('summary', network, data.imageShape, data.classes.length);
        const layers = outlineOf(placeLayers(network, data.imageShape, data.classes.length));
        summaries.push({ model: cards[i]!, network: summary, layers });
      }
      return summaries;
    },
    evaluation: (run, model, section) =>
      task(
        section,
        () => withData(run),
        (id, runFolder) => worker.call('evaluate', runFolder, model, data.of(run), id),
      ),
    validationImages: async (run, indices) =>
      worker.call('validationImages', await withData(run), indices, data.of(run)),
    dataPreview: (run) =>
      task(
        'data',
        () => withData(run),
        (id, runFolder) => worker.call('dataPreview', runFolder, data.of(run), id),
      ),
    async chooseDataFolder(run) {
      const { spec } = await runs.manifest(run);
      if (spec.data.kind !== 'folder') return false;
      const folder = await pickImageFolder(vscode.l10n.t('Use This Folder'));
      if (folder !== null) await data.moveTo(run, folder);
      return folder !== null;
    },
    useDataAnyway: async (run) => data.acceptChange(run),
    openKernels: (image, run, model, epoch, resolution, section) =>
      task(
        section,
        async () => {
          if ('file' in image) await assertStaysInside(image.file);
          return run && ('file' in image ? existing(run) : withData(run));
        },
        (id, runFolder) => {
          const wanted = 'file' in image ? image : { ...image, data: data.of(run ?? '') };
          const source =
            runFolder === null
              ? { untrained: form.involutionModel, seed: null }
              : { runFolder, model, epoch };
          return kernels.open({ image: wanted, source, resolution }, id);
        },
      ),
    kernelMap: (session, layer, group, statistic) =>
      kernels.with(session, (id) => worker.call('kernelMap', id, layer, group, statistic)),
    kernelAt: (session, layer, row, column) =>
      kernels.with(session, (id) => worker.call('kernelAt', id, layer, row, column)),
    kernelRow: (session, layer, row) =>
      kernels.with(session, (id) => worker.call('kernelRow', id, layer, row)),
    counterpart: (session, layer, filter) =>
      kernels.with(session, (id) => worker.call('counterpart', id, layer, filter)),
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
      return labState(page, services);
    },
    async remember(subject) {
      page.subject = subject;
    },
    rememberLearned: (learned) => services.tour.remember(learned),
    trainFirst: async () => {
      await vscode.commands.executeCommand(command('train'));
    },
    resume: async (run) => {
      await vscode.commands.executeCommand(command('resume'), { id: run });
    },
    exportModel: async (run) => {
      await vscode.commands.executeCommand(command('exportModel'), { id: run });
    },
    save: (name, bytes) => saveFile(vscode.Uri.file(runs.folder), name, bytes),
    copy: async (text) => vscode.env.clipboard.writeText(text),
    showLog: async () => log.show(),
    dispose() {
      for (const section of pending.keys()) cancel(section);
      kernels.closeAll();
    },
  };
}

async function labState({ subject, isAwaited }: LabPage, { runs, tour }: Services): Promise<LabState> {
  await runs.loaded();
  await runs.look(subject.runs);
  const { smoothing, colorMap } = readSettings();
  const shown = subject.runs.flatMap((id) => runs.card(id) ?? []);
  const others = runs.cards().filter(({ id }) => !subject.runs.includes(id));
  return {
    subject,
    isAwaited,
    shown,
    others: others.slice(0, mostListed),
    unlisted: Math.max(0, others.length - mostListed),
    trusted: vscode.workspace.isTrusted,
    preferences: { smoothing, colorMap },
    learned: tour.learned,
  };
}
