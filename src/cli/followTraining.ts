import type { TrainingHost } from '../application/training/startTraining';
import type { TrainingResult, TrainingSession } from '../application/training/trainingSession';
import { footprint } from '../core/network/footprint';
import type { RunManifest } from '../core/runs/manifest';
import type { Engine } from '../engines/engine';
import { startEngine } from '../engines/select';
import { explained } from '../node/files/explain';
import { Ended, exitCodes } from './exitCodes';
import { duration, grouped, measure } from './format';
import { ignoresHangup } from './hangup';
import { outliveOutput } from './output';
import { shellWord } from './printable';
import { table } from './table';
import { type TrainingView, trainingView } from './trainingView';
import { tellWatcher } from './watchedProcess';

/** Shows a training from its preparation to its end. Ctrl-C, and whatever else asks it to end, saves it first. */
export async function followTraining(
  begin: (host: TrainingHost) => Promise<TrainingSession>,
  options: { json?: boolean },
): Promise<void> {
  const view = trainingView(options);
  const interruption = interrupted(view);
  let engine: Engine | undefined;
  try {
    const session = await begin({
      startEngine: async (choice, selection) => {
        engine = await startEngine(choice, selection);
        tellWatcher({ engine: engine.name });
        return engine;
      },
      onState: (state) => view.state(state),
      onEvent: (event) => view.event(event),
      onNotice: (line) => view.notice(line),
      signal: interruption.signal,
    });
    interruption.hasToSave = true;
    tellWatcher({ runFolder: session.runFolder });
    view.begins(session.manifest, session.runFolder);
    const result = await session.done;
    view.close();
    conclude(session, result, options);
  } catch (error) {
    if (interruption.signal.aborted && error === interruption.signal.reason)
      throw new Ended(exitCodes.interrupted);
    throw error;
  } finally {
    view.close();
    interruption.hasToSave = false;
    await engine?.dispose();
  }
}

/** Says how it ended, for a person or a program; throws when the exit code is not 0. */
function conclude(session: TrainingSession, result: TrainingResult, { json }: { json?: boolean }): void {
  const { runFolder, manifest } = session;
  const { state, message, overview } = result;
  if (json) {
    const models = manifest.spec.models.map(({ id, title }) => {
      const { valAccuracy = null, bestValAccuracy = null, seconds = 0 } = overview.models[id] ?? {};
      return { id, title, valAccuracy, bestValAccuracy, seconds };
    });
    const run = { run: manifest.id, folder: runFolder };
    console.log(JSON.stringify({ type: state, ...run, ...(message && { message }), models }));
  } else {
    console.log(`\n${comparison(manifest, result)}\n`);
    if (state === 'stopped') console.log(`Saved. To go on: involution resume ${shellWord(runFolder)}`);
  }
  if (state === 'stopped') throw new Ended(exitCodes.interrupted);
  if (state === 'failed') throw new Error(message);
}

/** The models side by side. */
function comparison({ spec, data }: RunManifest, { overview }: TrainingResult): string {
  const rows = spec.models.map(({ id, title, network }) => {
    const { parameters, macs } = footprint(network, data.imageShape, data.classes.length);
    const { epochs = 0, valAccuracy, bestValAccuracy, seconds = 0 } = overview.models[id] ?? {};
    return [
      title,
      grouped(parameters),
      grouped(macs),
      String(epochs),
      measure(valAccuracy),
      measure(bestValAccuracy),
      duration(seconds),
    ];
  });
  const numbers = ['Parameters', 'MACs', 'Epochs', 'Final accuracy', 'Best accuracy', 'Time'];
  return table([{ title: 'Model' }, ...numbers.map((title) => ({ title, align: 'right' as const }))], rows);
}

/** What does not hear that it is to end within this is left, on a second signal. */
const preparationEndsMs = 10_000;

interface Interruption {
  readonly signal: AbortSignal;
  /** Whether there is something to save: between the beginning of the training and its end. */
  hasToSave: boolean;
}

/** By a signal, and by the reader of the output, who is gone: `involution train | head`. */
function interrupted(view: TrainingView): Interruption {
  const controller = new AbortController();
  const interrupt = () => {
    if (!controller.signal.aborted) {
      view.notice('Stopping at the next step, to save.');
      controller.abort(new Error('It was interrupted.'));
    } else if (interruption.hasToSave) view.notice('It is being saved.');
    else {
      // What is being prepared ends in order too: it may hold the run's lock.
      view.notice('It is ending.');
      setTimeout(() => {
        if (!interruption.hasToSave) process.exit(exitCodes.interrupted);
      }, preparationEndsMs).unref();
    }
  };
  // A closed terminal sends more than one signal: none of them may keep it from saving.
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter(
    (signal) => signal !== 'SIGHUP' || !ignoresHangup(),
  );
  for (const signal of signals) process.on(signal, interrupt);
  outliveOutput((error) => {
    if (error.code === 'EPIPE') interrupt();
    // A terminal that was closed, or a full disk. The run's own log has it all.
    else console.error(explained(error, 'written', 'The output', 'The training goes on.').message);
  });
  const interruption: Interruption = { signal: controller.signal, hasToSave: false };
  return interruption;
}
