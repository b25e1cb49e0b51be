import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runFiles } from '../core/runs/layout';
import type { RunManifest } from '../core/runs/manifest';
import { RunOverviewBuilder } from '../core/runs/overview';
import { EventTail } from '../node/runs/eventTail';
import { readManifest, readRunName } from '../node/runs/runFolder';
import { isBeingTrained } from '../node/runs/runLock';
import type { RunCard } from '../protocol/lab';
import { singleLine } from './plainText';
import { RunCurves } from './runCurves';
import { dataTitle } from './words';

/** A name that is longer is cut where it is shown. */
const mostNameCharacters = 200;

/** One run folder, followed: its manifest, what its events say so far, and the curves that they draw. */
export class RunRecord {
  readonly curves = new RunCurves();
  readonly #tail: EventTail;
  readonly #overview = new RunOverviewBuilder();
  #card: RunCard;
  /** One look at a time: two would read the same events. */
  #looking: Promise<boolean> = Promise.resolve(false);

  private constructor(
    readonly folder: string,
    readonly manifest: RunManifest,
  ) {
    this.#tail = new EventTail(join(folder, runFiles.events));
    this.#card = this.#draw(manifest.id, false);
  }

  /** Throws an error that says what is wrong with the manifest. */
  static async open(folder: string): Promise<RunRecord> {
    const record = new RunRecord(folder, await readManifest(folder));
    await record.look();
    return record;
  }

  get card(): RunCard {
    return this.#card;
  }

  /** Whether somebody may be writing to it. */
  get isLive(): boolean {
    return ['preparing', 'training', 'paused'].includes(this.#card.state);
  }

  /** Reads what is new. True when there was something. */
  look(): Promise<boolean> {
    const next = this.#looking.catch(() => false).then(() => this.#look());
    this.#looking = next;
    return next;
  }

  /** When its event log was last written to, in Unix milliseconds. */
  async lastWritten(): Promise<number> {
    return (await stat(join(this.folder, runFiles.events))).mtimeMs;
  }

  async #look(): Promise<boolean> {
    // The lock first: a run that ends between the two looks then has its last events read, not an end without them.
    const isTrained = await isBeingTrained(this.folder);
    const events = await this.#tail.read();
    for (const event of events) {
      this.#overview.observe(event);
      this.curves.add(event);
    }
    const before = JSON.stringify(this.#card);
    this.#card = this.#draw(await readRunName(this.folder, this.manifest), isTrained);
    return events.length > 0 || JSON.stringify(this.#card) !== before;
  }

  #draw(name: string, isTrained: boolean): RunCard {
    const { state, seconds, models } = this.#overview.overview(isTrained);
    const { spec, data, engine, created } = this.manifest;
    const best = Object.entries(models).flatMap(([model, { bestValAccuracy }]) =>
      bestValAccuracy === null ? [] : [[model, bestValAccuracy]],
    );
    return {
      id: basename(this.folder),
      name: singleLine(name === this.manifest.id ? shortName(name) : name, mostNameCharacters) || '–',
      state,
      models: spec.models,
      dataName: spec.data.kind === 'shapes' ? dataTitle('shapes') : singleLine(data.name, mostNameCharacters),
      seed: spec.seed,
      epochs: spec.epochs,
      engine: engine.name,
      created,
      seconds,
      bestAccuracy: Object.fromEntries(best),
    };
  }
}

/** "2026-11-24_08-15-02_shapes_inn-cnn", the id that a run is called by until it has a name, as "shapes inn-cnn 08:15". */
function shortName(id: string): string {
  const [, hour, minute, rest] = /^\d{4}-\d\d-\d\d_(\d\d)-(\d\d)-\d\d_(.+)$/.exec(id) ?? [];
  return rest ? `${rest.replaceAll('_', ' ')} ${hour}:${minute}` : id;
}
