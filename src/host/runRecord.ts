import { lstat, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { ModelCard } from '../core/network/model';
import { runFiles } from '../core/runs/layout';
import { isUnderWay } from '../core/runs/lifecycle';
import type { RunManifest } from '../core/runs/manifest';
import { RunOverviewBuilder } from '../core/runs/overview';
import { shownRunName } from '../core/runs/runName';
import type { TrainingPosition } from '../core/runs/trainingState';
import { TrainingMeter } from '../core/training/meter';
import { EventTail } from '../node/runs/eventTail';
import { readManifest, readRunName } from '../node/runs/runFolder';
import { bytesPerLook } from '../node/runs/runList';
import { trainerOf } from '../node/runs/runLock';
import type { RunCard } from '../protocol/lab';
import { singleLine } from './plainText';
import { RunCurves } from './runCurves';
import { dataTitle } from './words';

/** A name that is longer is cut where it is shown. */
const mostNameCharacters = 200;
const mostTitleCharacters = 80;
/** Some file systems date a change to the second, or to two: what is younger may change again under the same date. */
const oldEnoughMs = 10_000;

/** What a look found out. */
export type Finding = 'nothing new' | 'changed' | 'gone';

/** One run folder, followed: its manifest, what its events say so far, who trains it, and the curves that they draw. */
export class RunRecord {
  readonly curves: RunCurves;
  readonly #tail: EventTail;
  readonly #overview: RunOverviewBuilder;
  readonly #meter: TrainingMeter;
  #card: RunCard;
  #name: string;
  /** One look at a time: two would read the same events. */
  #looking: Promise<unknown> = Promise.resolve();
  /** How the folder was dated before the last look, and when that was. */
  #folderDate = Number.NaN;
  #lookedAt = 0;

  private constructor(
    readonly folder: string,
    readonly manifest: RunManifest,
  ) {
    const models = manifest.spec.models.map(({ id }) => id);
    this.#tail = new EventTail(join(folder, runFiles.events));
    this.curves = new RunCurves(models);
    this.#overview = new RunOverviewBuilder(models);
    const { spec, data } = manifest;
    const batchSize = Math.max(1, Math.min(spec.batchSize, data.trainCount));
    this.#meter = new TrainingMeter({ ...spec, batchSize }, models, Math.ceil(data.trainCount / batchSize));
    this.#name = manifest.id;
    this.#card = this.#draw(null);
  }

  /** Throws an error that says what is wrong with the folder, its manifest or its log. */
  static async open(folder: string): Promise<RunRecord> {
    if (await isLink(folder))
      throw new Error(vscode.l10n.t('{0} is a link: runs are folders, and links are not followed.', folder));
    const record = new RunRecord(folder, await readManifest(folder));
    await record.look();
    return record;
  }

  get card(): RunCard {
    return this.#card;
  }

  /** What it is called, whole, however many others are called so. */
  get name(): string {
    return shownRunName(this.#name);
  }

  /** How far it is, and how fast it goes. */
  get position(): TrainingPosition {
    return this.#meter.position();
  }

  /** Whether somebody may be writing to it. */
  get isLive(): boolean {
    return isUnderWay(this.#card.state);
  }

  /** Its log is so long that it takes several looks. */
  get isBehind(): boolean {
    return this.#tail.isBehind;
  }

  /** Reads what is new. Throws when the log can't be read. */
  look(): Promise<Finding> {
    return this.#inTurn(() => this.#look());
  }

  /**
   * The same, but a run that nobody trains is not read where its folder has the date that it had: whoever trains it or
   * renames it makes a file there.
   */
  glance(): Promise<Finding> {
    return this.#inTurn(async () => {
      if (this.isLive || this.isBehind) return this.#look();
      const date = await this.#date();
      if (date === this.#folderDate && this.#lookedAt - date > oldEnoughMs) return 'nothing new';
      return this.#look();
    });
  }

  /** When its event log was last written to, in Unix milliseconds. */
  async lastWritten(): Promise<number> {
    return (await stat(join(this.folder, runFiles.events))).mtimeMs;
  }

  #inTurn(look: () => Promise<Finding>): Promise<Finding> {
    const next = this.#looking.then(look);
    this.#looking = next.catch(() => {});
    return next;
  }

  async #look(): Promise<Finding> {
    this.#lookedAt = Date.now();
    const date = await this.#date();
    if (Number.isNaN(date)) return 'gone';
    this.#folderDate = date;
    // The lock first: a run that ends between the two looks then has its last events read, not an end without them.
    const trainer = await trainerOf(this.folder);
    const events = await this.#tail.read(bytesPerLook);
    for (const event of events) {
      this.#overview.observe(event);
      this.#meter.observe(event);
      this.curves.add(event);
    }
    const before = JSON.stringify(this.#card);
    this.#name = await readRunName(this.folder, this.manifest);
    this.#card = this.#draw(trainer);
    return events.length > 0 || JSON.stringify(this.#card) !== before ? 'changed' : 'nothing new';
  }

  /** NaN where there is no run any more: its folder was deleted, moved or replaced by something else. */
  async #date(): Promise<number> {
    try {
      const [folder] = await Promise.all([lstat(this.folder), lstat(join(this.folder, runFiles.manifest))]);
      return folder.isDirectory() ? folder.mtimeMs : Number.NaN;
    } catch {
      return Number.NaN;
    }
  }

  #draw(trainer: string | null): RunCard {
    const { state, seconds, models } = this.#overview.overview(trainer !== null);
    const { spec, data, engine, created } = this.manifest;
    const best = Object.entries(models).flatMap(([model, { bestValAccuracy }]) =>
      bestValAccuracy === null ? [] : [[model, bestValAccuracy]],
    );
    return {
      id: basename(this.folder),
      name: singleLine(this.name, mostNameCharacters) || '–',
      state,
      elsewhere: trainer && singleLine(trainer, mostNameCharacters),
      models: modelCards(this.manifest),
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

/** A run's models for lists and legends. What they are called may come from anywhere. */
export function modelCards({ spec }: Pick<RunManifest, 'spec'>): ModelCard[] {
  return spec.models.map(({ id, title }) => ({ id, title: singleLine(title, mostTitleCharacters) || id }));
}

const isLink = (path: string) =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
