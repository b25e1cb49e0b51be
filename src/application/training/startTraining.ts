import { join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { assertCropFits } from '../../core/data/augmentation';
import type { Dataset } from '../../core/data/dataset';
import { dataNotices } from '../../core/data/notices';
import { buildNetwork } from '../../core/network/build';
import { cardOf, expandModels, type ModelId, ModelRequest, type ModelSpec } from '../../core/network/model';
import { convolves } from '../../core/network/traits';
import type { RunEvent } from '../../core/runs/events';
import { runFiles } from '../../core/runs/layout';
import type { RunManifest } from '../../core/runs/manifest';
import { type EngineName, RunSpec, type RunSpecInput } from '../../core/runs/spec';
import type { TrainingState } from '../../core/runs/trainingState';
import { Trainee } from '../../core/training/trainee';
import { UsageError } from '../../core/usageError';
import { messageIn } from '../../core/wordedError';
import { textIn } from '../../core/words';
import type { Engine } from '../../engines/engine';
import { loadDataset } from '../../node/data/loadDataset';
import type { LoadingOptions } from '../../node/data/loadingOptions';
import { PrefetchedBatches } from '../../node/data/prefetch';
import { explained } from '../../node/files/explain';
import { assertTakesFiles } from '../../node/files/takesFiles';
import { networkOf } from '../../node/runs/checkpoints';
import { EventLog } from '../../node/runs/eventLog';
import { fence } from '../../node/runs/fence';
import { removeLeftovers } from '../../node/runs/leftovers';
import { resumePoint, unfinishedModels } from '../../node/runs/resumePoint';
import { loadUnverified, verifyData } from '../../node/runs/runDataset';
import { createRunFolder, openRunsFolder, readManifest } from '../../node/runs/runFolder';
import { RunLock } from '../../node/runs/runLock';
import { softwareVersions } from '../../node/runs/versions';
import { assertFitsMemory, assertHoldsParameters } from './memoryNeed';
import { otherBits } from './otherBits';
import { StateReporter } from './stateReporter';
import { TrainingSession } from './trainingSession';

/** Who wants to train: the command or the worker. */
export interface TrainingHost {
  /** `startEngine` of src/engines, or one that is running already. The engine stays the host's. */
  readonly startEngine: (choice: EngineName | 'auto', selection: { convolves: boolean }) => Promise<Engine>;
  /** `loadDataset`, or from where it has been loaded already. */
  readonly loadData?: typeof loadDataset;
  /** Told which run it is before any of it is trained, and waited for: who has to find it again notes it down. */
  readonly onRun?: (runFolder: string) => Promise<void>;
  /** At every change of state, and at most ten times a second while training. */
  readonly onState?: (state: TrainingState) => void;
  /** Whatever is new in the event log, at once. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Something a person should know: a damaged checkpoint that was passed over, a file that was skipped. */
  readonly onNotice?: (line: string) => void;
  /** Ends the preparation with an error, and the training as `stop` does. */
  readonly signal?: AbortSignal;
}

/**
 * Loads the data, starts the engine, creates the run and begins to train it. Resolves once the run's folder is there.
 */
export async function startTraining(
  options: TrainingHost & { spec: RunSpecInput; runsFolder: string },
): Promise<TrainingSession> {
  const { spec: input, runsFolder, ...host } = options;
  const spec = parseSpec(input);
  const reporter = new StateReporter(host.onState);
  const { loadData = loadDataset } = host;
  const load = (options: LoadingOptions) => loadData(spec.data, { ...options, seed: spec.seed });
  // Nobody waits for a download to hear that there is no place for the run.
  await assertTakesFiles((await openRunsFolder(resolve(runsFolder))).path);
  const { dataset, engine } = await prepare(spec, load, spec.engine, spec.models, reporter, host);
  const data = describe(dataset);
  const trainees: Trainee[] = [];
  return orDisposeOf(trainees, async () => {
    reporter.change({ state: 'preparing', message: l10n.t('Building the models') });
    for (const model of spec.models) trainees.push(newTrainee(model, { spec, data }));
    await assertFitsMemory(titled(trainees, spec), spec, dataset, engine);
    host.signal?.throwIfAborted();
    const runFolder = await createRunFolder(resolve(runsFolder), {
      spec,
      data,
      engine: {
        ...{ name: engine.name, device: engine.device, version: engine.version, reason: engine.reason },
        ...(engine.arithmetic && { arithmetic: engine.arithmetic }),
      },
      versions: softwareVersions(),
    });
    reporter.change({ runFolder });
    const manifest = await readManifest(runFolder);
    return holding(runFolder, idsOf(spec), host, async (run) => {
      const batches = new PrefetchedBatches(dataset, spec);
      return new TrainingSession({ ...run, ...host, runFolder, manifest, trainees, batches, reporter });
    });
  });
}

/**
 * Trains a run on from each model's newest checkpoint. What is computed and logged is what the uninterrupted run would
 * have computed and logged: to the bit on a deterministic engine, within float tolerance on the others. `dataFolder` is
 * where its images are, if they have moved.
 */
export async function resumeRun(
  options: TrainingHost & { runFolder: string; engine?: EngineName; dataFolder?: string },
): Promise<TrainingSession> {
  const { runFolder, engine: otherEngine, dataFolder, ...host } = options;
  const folder = resolve(runFolder);
  const manifest = await readManifest(folder);
  const { spec } = manifest;
  const reporter = new StateReporter(host.onState);
  return holding(folder, idsOf(spec), host, async (run) => {
    const { log, pastEvents } = run;
    const notice = (line: string) => host.onNotice?.(line);
    const unfinished = await unfinishedModels(folder, spec.models, pastEvents, notice);
    if (unfinished.length === 0 && isOver(pastEvents))
      throw new Error(
        l10n.t(
          'The run {0} is complete: there is nothing to resume. Train again for more epochs.',
          manifest.id,
        ),
      );
    reporter.change({ runFolder: folder });
    const { dataset, engine } = await prepare(
      spec,
      (options) => loadUnverified(manifest, { ...options, folder: dataFolder }),
      otherEngine ?? manifest.engine.name,
      unfinished,
      reporter,
      host,
    );
    verifyData(manifest, dataset);
    const difference = otherBits(manifest.engine, engine);
    if (difference) notice(difference);
    const trainees: Trainee[] = [];
    return orDisposeOf(trainees, async () => {
      reporter.change({ state: 'preparing', message: l10n.t('Building the models') });
      for (const model of unfinished) {
        const checkpoint = await resumePoint(folder, model.id, log.progress(model.id).step, notice);
        trainees.push(
          checkpoint
            ? new Trainee(
                model.id,
                await networkOf(checkpoint),
                spec.optimizer,
                checkpoint.cursor,
                checkpoint.slots,
              )
            : newTrainee(model, manifest),
        );
      }
      await assertFitsMemory(titled(trainees, spec), spec, dataset, engine, { share: 1 });
      const batches = new PrefetchedBatches(dataset, spec);
      return new TrainingSession({
        ...{ ...run, ...host, runFolder: folder, manifest },
        ...{ trainees, batches, reporter },
      });
    });
  });
}

interface HeldRun {
  readonly lock: RunLock;
  readonly log: EventLog;
  readonly pastEvents: RunEvent[];
}

/** Takes the run's lock and opens its log for a session; gives both back when the session does not come about. */
async function holding(
  runFolder: string,
  models: readonly ModelId[],
  { signal, onNotice, onRun }: Pick<TrainingHost, 'signal' | 'onNotice' | 'onRun'>,
  open: (run: HeldRun) => Promise<TrainingSession>,
): Promise<TrainingSession> {
  const lock = await RunLock.acquire(runFolder, { signal, onNotice }).catch((error) => {
    throw explained(error, 'written', join(runFolder, runFiles.lock));
  });
  let log: EventLog | undefined;
  try {
    await removeLeftovers(runFolder, models);
    if (lock.isContested) await fence(runFolder);
    // Who does not wait any more may be gone, and answer nothing: the session then begins, to end in order.
    await Promise.race([onRun?.(runFolder), abortion(signal)]);
    const opened = await EventLog.open(join(runFolder, runFiles.events), () => lock.assertHeld());
    log = opened.log;
    return await open({ lock, log, pastEvents: opened.events });
  } catch (error) {
    // That nothing can be written may be why the session does not come about.
    await log?.close().catch(() => {});
    await lock.release();
    throw error;
  }
}

/** Resolves when it is aborted, or has been. */
const abortion = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });

async function prepare(
  spec: RunSpec,
  load: (options: LoadingOptions) => Promise<Dataset>,
  choice: EngineName | 'auto',
  models: readonly ModelSpec[],
  reporter: StateReporter,
  { startEngine, onNotice, signal }: TrainingHost,
): Promise<{ dataset: Dataset; engine: Engine }> {
  const announce = (message: string) =>
    reporter.change({ state: 'preparing', message, epochs: spec.epochs, models: spec.models.map(cardOf) });
  announce(l10n.t('Starting the engine'));
  const engine = await startEngine(choice, { convolves: models.some(({ network }) => convolves(network)) });
  reporter.change({
    state: 'preparing',
    message: l10n.t('Loading the data'),
    engine: { name: engine.name, device: engine.device, reason: engine.reason },
  });
  const dataset = await load({ signal, onProgress: ({ message }) => announce(message) });
  signal?.throwIfAborted();
  assertCropFits(spec.augmentation, dataset.imageShape);
  assertHoldsParameters(models, spec, dataset, engine);
  for (const words of dataNotices(dataset, spec)) onNotice?.(textIn(l10n.t, words));
  return { dataset, engine };
}

/** What is made of these, or nothing is left of them: an engine may live on when a training does not come about. */
async function orDisposeOf<T>(trainees: readonly Trainee[], make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    for (const trainee of trainees) trainee.dispose();
    throw error;
  }
}

const titled = (trainees: readonly Trainee[], { models }: RunSpec) =>
  trainees.map((trainee) => ({
    trainee,
    title: models.find(({ id }) => id === trainee.model)!.title,
  }));

function newTrainee({ id, network }: ModelSpec, { spec, data }: Pick<RunManifest, 'spec' | 'data'>): Trainee {
  const shape = { inputShape: data.imageShape, classes: data.classes.length };
  return new Trainee(id, buildNetwork(network, { ...shape, seed: spec.seed }), spec.optimizer);
}

const idsOf = ({ models }: RunSpec) => models.map(({ id }) => id);

function parseSpec(input: RunSpecInput): RunSpec {
  const parsed = v.safeParse(RunSpec, input);
  if (parsed.success) return parsed.output;
  const ofModels = problemOfModels(input);
  const problems = parsed.issues.map((issue) => {
    const path = v.getDotPath(issue) ?? l10n.t('the whole');
    if (issue.expected) return l10n.t('{0} must be {1}, not {2}', path, issue.expected, issue.received);
    return `${path}: ${(path === 'models' && ofModels) || issue.message}`;
  });
  throw new UsageError(l10n.t("This can't be trained: {0}.", problems.join('; ')));
}

/** The schema has of it only what it is in English. */
function problemOfModels(input: RunSpecInput): string | null {
  const models = v.safeParse(v.array(ModelRequest), input.models);
  try {
    if (models.success) expandModels(models.output);
    return null;
  } catch (error) {
    return messageIn(l10n.t, error as Error);
  }
}

function describe(dataset: Dataset): RunManifest['data'] {
  return {
    name: dataset.name,
    classes: [...dataset.classes],
    imageShape: [...dataset.imageShape],
    trainCount: dataset.train.count,
    validationCount: dataset.validation.count,
    fingerprint: dataset.fingerprint,
  };
}

/**
 * The last thing the log says is that the run ended by itself: all was trained, or a loss was not finite. A disk that
 * failed it has ended nothing.
 */
function isOver(events: readonly RunEvent[]): boolean {
  const state = events.findLast((event) => event.type === 'status')?.state;
  const hasDiverged = events.some((event) => event.type === 'modelEnd' && event.reason === 'not-finite');
  return state === 'done' || (state === 'failed' && hasDiverged);
}
