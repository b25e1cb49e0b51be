import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { EpochEvent, RunEvent } from '../core/runs/events';
import { stateWords } from '../core/runs/lifecycle';
import type { RunManifest } from '../core/runs/manifest';
import type { TrainingState } from '../core/runs/trainingState';
import { duration, grouped, measure } from './format';
import { printable } from './printable';

/** Where a training is shown: on a terminal, in a log file, or to a program. */
export interface TrainingView {
  state(state: TrainingState): void;
  event(event: RunEvent): void;
  /** Something a person should read. */
  notice(line: string): void;
  /** The run's folder is there. */
  begins(manifest: RunManifest, runFolder: string): void;
  close(): void;
}

/** One JSON object a line: the run, then its events. Whatever is for people goes to the error stream. */
export class JsonView implements TrainingView {
  state(): void {}

  event(event: RunEvent): void {
    console.log(JSON.stringify(event));
  }

  notice(line: string): void {
    console.error(printable(line));
  }

  begins({ id, spec, data, engine }: RunManifest, folder: string): void {
    console.log(JSON.stringify({ type: 'run', run: id, folder, spec, data, engine }));
  }

  close(): void {}
}

/** A line per epoch. */
export class PlainView implements TrainingView {
  #lastMessage = '';
  /** Of the longest of the run's ids, so that lines stand in columns. */
  protected idWidth = 0;

  state({ state, message }: TrainingState): void {
    // A download tells its percent: once a stage is enough here.
    const stage = message.split(':')[0]!;
    if (state === 'preparing' && stage && stage !== this.#lastMessage) this.notice(`${stage} …`);
    this.#lastMessage = stage;
  }

  event(event: RunEvent): void {
    if (event.type === 'epoch') this.notice(epochLine(event, this.idWidth));
    if (event.type === 'modelEnd' && event.reason === 'early-stopping')
      this.notice(
        `${event.model}: stopped early after epoch ${event.epoch}, its validation loss no longer falls`,
      );
  }

  notice(line: string): void {
    console.log(printable(line));
  }

  begins({ spec, data, engine }: RunManifest, runFolder: string): void {
    this.idWidth = Math.max(...spec.models.map(({ id }) => id.length));
    const images = `${grouped(data.trainCount)} training and ${grouped(data.validationCount)} validation images`;
    this.notice(`Data    ${data.name}: ${images}, ${data.classes.length} classes`);
    this.notice(`Engine  ${engine.name} ${engine.version} on ${engine.device} (${engine.reason})`);
    this.notice(`Run     ${runFolder}`);
  }

  close(): void {}
}

const barFormat =
  '{stage} {bar} {percentage}% | {rate} images/s | ETA {left} | loss {loss} | accuracy {accuracy}';

/** The same lines, above a bar that moves. */
export class TerminalView extends PlainView {
  readonly #bars = new MultiBar(
    {
      format: barFormat,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  #bar: SingleBar | null = null;

  override state(state: TrainingState): void {
    if (state.state === 'preparing') super.state(state);
    if (!state.model || state.state === 'preparing') return;
    const { loss, accuracy } = state.metrics[state.model] ?? {};
    const stage =
      state.state === 'training' ? `${state.model} ${state.epoch}/${state.epochs}` : stateWords[state.state];
    const payload = {
      stage: stage.padEnd(this.idWidth + ' 000/000'.length),
      rate: grouped(Math.round(state.imagesPerSecond)),
      left: state.secondsLeft === null ? '–' : duration(state.secondsLeft),
      loss: measure(loss),
      accuracy: measure(accuracy),
    };
    this.#bar ??= this.#bars.create(1, 0, payload);
    this.#bar.update(state.fraction, payload);
  }

  override notice(line: string): void {
    if (this.#bar) {
      this.#bars.log(`${printable(line)}\n`);
      // At once: what is logged is otherwise only written with the next frame, and lost with the last.
      this.#bars.update();
    } else super.notice(line);
  }

  override close(): void {
    if (this.#bar) this.#bars.stop();
    this.#bar = null;
  }
}

export function trainingView({ json }: { json?: boolean }): TrainingView {
  if (json) return new JsonView();
  return process.stdout.isTTY && process.stderr.isTTY ? new TerminalView() : new PlainView();
}

function epochLine(
  { model, epoch, loss, accuracy, valLoss, valAccuracy, seconds }: EpochEvent,
  idWidth: number,
): string {
  const measures = `loss ${measure(loss)}  accuracy ${measure(accuracy)}  val loss ${measure(valLoss)}  val accuracy ${measure(valAccuracy)}`;
  return `${model.padEnd(idWidth)} epoch ${String(epoch).padStart(3)}  ${measures}  ${duration(seconds)}`;
}
