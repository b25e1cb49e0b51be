import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunManifest } from '../core/runs/manifest';
import { distinctNames } from '../core/runs/runName';
import type { TrainingPosition } from '../core/runs/trainingState';
import { inLanes } from '../node/inLanes';
import { renameRun } from '../node/runs/runFolder';
import { deleteRun, mostRuns, runIds } from '../node/runs/runList';
import type { AcquireOptions } from '../node/runs/runLock';
import type { RunCard, SeriesPatch, SeriesRequest } from '../protocol/lab';
import { describeError, Problem } from './problem';
import { RunRecord } from './runRecord';
import { lookMs, RunWatch } from './runWatch';
import { UnreadableFolders } from './unreadable';

/** The run that this window trains, or trained last. */
interface OwnRun {
  readonly folder: string;
  readonly isTraining: boolean;
}

/**
 * The runs of one folder, as its files say: also those that were begun in a terminal. While somebody watches, it looks at
 * the folder again and again (a file watcher misses changes on network drives and in containers); otherwise only when asked.
 * The run that this window trains is among them wherever it lies: the setting may have changed since it began.
 */
export class RunStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<readonly string[]>();
  /** The ids of runs that are new, changed or gone. */
  readonly onDidChange = this.#changed.event;
  readonly #records = new Map<string, RunRecord>();
  readonly #unreadable: UnreadableFolders;
  readonly #watch: RunWatch;
  #refreshing: Promise<void> | null = null;
  #isLoaded = false;
  #own: OwnRun | null = null;
  /** By their ids. */
  #names: ReadonlyMap<string, string> = new Map();
  /** Newest first; null when something has changed since. */
  #sorted: readonly RunCard[] | null = null;

  /** `assertReadable` throws for a folder that must not be looked into. */
  constructor(
    private root: string,
    log: vscode.LogOutputChannel,
    private readonly assertReadable: (folder: string) => Promise<void> = async () => {},
  ) {
    this.#unreadable = new UnreadableFolders(log);
    this.#watch = new RunWatch(
      {
        refresh: () => this.refresh(),
        look: (ids) => this.look(ids),
        restless: () => this.#recordsThat(({ isLive, isBehind }) => isLive || isBehind),
        awaitsFirstStep: () =>
          this.#recordsThat(({ isLive, position }) => isLive && position.model === null).length > 0,
      },
      log,
    );
  }

  get folder(): string {
    return this.root;
  }

  /** Another folder, because the setting or the workspace changed. */
  async moveTo(folder: string): Promise<void> {
    if (folder === this.root) return;
    this.root = folder;
    const gone = [...this.#records].flatMap(([id, record]) =>
      record.folder === this.#own?.folder ? [] : [id],
    );
    for (const id of gone) this.#records.delete(id);
    this.#unreadable.clear();
    this.#isLoaded = false;
    this.#report(gone);
    // One that is under way looks at the old folder.
    await this.#refreshing;
    await this.refresh();
  }

  /** What could not be read, or was not allowed to be, may be by now. */
  async reconsider(): Promise<void> {
    this.#unreadable.clear();
    await this.refresh();
  }

  /** Which run this window trains (or null) from now on; it stays among the runs when it has ended. */
  follow(runFolder: string | null, isTraining: boolean): void {
    const before = this.#own;
    const folder = runFolder ?? before?.folder;
    if (!folder || (folder === before?.folder && isTraining === before.isTraining)) return;
    this.#own = { folder, isTraining };
    const id = basename(folder);
    // Of the same name, from another folder: the one in training is shown.
    if (this.#records.get(id)?.folder !== folder) this.#records.delete(id);
    void this.look([id]).then(() => this.#report([id]));
  }

  path(id: string): string {
    return this.#own && basename(this.#own.folder) === id ? this.#own.folder : join(this.root, id);
  }

  /** Newest first. */
  cards(): readonly RunCard[] {
    this.#sorted ??= [...this.#records.values()].map((record) => this.#cardOf(record)).sort(byAge);
    return this.#sorted;
  }

  card(id: string): RunCard | undefined {
    const record = this.#records.get(id);
    return record && this.#cardOf(record);
  }

  /** Those that another window or a terminal trains, newest first. */
  elsewhere(): readonly RunCard[] {
    return this.cards().filter(({ elsewhere }) => elsewhere !== null);
  }

  /** How far a run is; undefined for one that is not there. */
  position(id: string): TrainingPosition | undefined {
    return this.#records.get(id)?.position;
  }

  /** Throws a Problem for a run that is not there. */
  existing(id: string): RunCard {
    const card = this.card(id);
    if (!card) throw goneProblem(this.path(id));
    return card;
  }

  /** Resolves when the folder has been read once. */
  async loaded(): Promise<void> {
    if (!this.#isLoaded) await this.refresh();
  }

  /** Reads the folder again. Calls at the same time share one look. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Reads these runs now. Those that are not there are left out. */
  async look(ids: readonly string[]): Promise<void> {
    const changed: string[] = [];
    await inLanes(ids, async (id) => {
      if (await this.#look(id)) changed.push(id);
    });
    this.#report(changed);
  }

  async manifest(id: string): Promise<RunManifest> {
    if (!this.#records.has(id)) await this.look([id]);
    const record = this.#records.get(id);
    if (!record) throw goneProblem(this.path(id));
    return record.manifest;
  }

  series(request: SeriesRequest): SeriesPatch[] {
    return request.runs.flatMap((id) => this.#records.get(id)?.curves.series(id, request) ?? []);
  }

  /** What the run itself is called, without the number that tells it from others of its name. */
  ownName(id: string): string {
    return this.#records.get(id)?.name ?? id;
  }

  async rename(id: string, name: string): Promise<void> {
    await renameRun(this.path(id), name);
    await this.look([id]);
  }

  async delete(id: string, watching: AcquireOptions = {}): Promise<void> {
    await deleteRun(this.path(id), watching);
    await this.refresh();
  }

  /** The run once no process trains it any more, or as it is after `patienceMs`. */
  async settled(id: string, patienceMs: number): Promise<RunCard | undefined> {
    const end = Date.now() + patienceMs;
    for (;;) {
      await this.look([id]);
      const record = this.#records.get(id);
      const isSettled = !record?.isLive && !record?.isBehind;
      if (isSettled || Date.now() > end) return this.card(id);
      await sleep(lookMs);
    }
  }

  /** Unix milliseconds; 0 for a run that is not there. */
  async lastWritten(id: string): Promise<number> {
    return (await this.#records.get(id)?.lastWritten()) ?? 0;
  }

  /** Keeps looking, at these runs more often, until disposed of. */
  watch(ids: readonly string[] = []): vscode.Disposable {
    return this.#watch.begin(ids);
  }

  dispose(): void {
    this.#watch.dispose();
    this.#changed.dispose();
  }

  async #refresh(): Promise<void> {
    const folder = this.root;
    const ids = new Set(await this.#list(folder));
    if (this.#own) ids.add(basename(this.#own.folder));
    const changed = [...this.#records.keys()].filter((id) => !ids.has(id));
    for (const id of changed) this.#records.delete(id);
    await inLanes(ids, async (id) => {
      // The folder was changed for another in the meantime.
      if (folder === this.root && (await this.#look(id, 'glance'))) changed.push(id);
    });
    if (folder === this.root) this.#isLoaded = true;
    this.#report(changed);
  }

  async #list(folder: string): Promise<readonly string[]> {
    try {
      await this.assertReadable(folder);
      const ids = await runIds(folder);
      if (ids.length < mostRuns) this.#unreadable.forget(folder);
      else
        await this.#unreadable.note(
          folder,
          vscode.l10n.t('There are more than {0} runs in {1}. The others are not shown.', mostRuns, folder),
        );
      return ids;
    } catch (error) {
      await this.#unreadable.note(folder, describeError(error));
      return [];
    }
  }

  /** True when the run is new, has changed or is gone. */
  async #look(id: string, how: 'look' | 'glance' = 'look'): Promise<boolean> {
    const known = this.#records.get(id);
    const folder = known?.folder ?? this.path(id);
    try {
      if (known) {
        const finding = await known[how]();
        if (finding === 'gone') this.#records.delete(id);
        return finding !== 'nothing new';
      }
      if (await this.#unreadable.isUnchanged(folder)) return false;
      if (folder !== this.#own?.folder) await this.assertReadable(folder);
      const record = await RunRecord.open(folder);
      if (folder !== this.path(id) || this.#records.has(id)) return false;
      this.#records.set(id, record);
      this.#unreadable.forget(folder);
      return true;
    } catch (error) {
      if (known) this.#records.delete(id);
      await this.#unreadable.note(folder, describeError(error));
      return known !== undefined;
    }
  }

  #recordsThat(holds: (record: RunRecord) => boolean): string[] {
    return [...this.#records].flatMap(([id, record]) => (holds(record) ? [id] : []));
  }

  #cardOf({ card, folder, isLive }: RunRecord): RunCard {
    const isOwn = this.#own?.isTraining === true && this.#own.folder === folder;
    const name = this.#names.get(card.id) ?? card.name;
    return { ...card, name, elsewhere: isLive && !isOwn ? card.elsewhere : null };
  }

  /** With these, runs change that are called otherwise now: beside one that is new, say. */
  #report(changed: readonly string[]): void {
    if (changed.length === 0) return;
    this.#sorted = null;
    const before = this.#names;
    this.#names = distinctNames([...this.#records.values()].map(({ card }) => card));
    const renamed = [...this.#names].filter(([id, name]) => before.get(id) !== name).map(([id]) => id);
    this.#changed.fire([...new Set([...changed, ...renamed])]);
  }
}

/** By the time that it stands for, not as text: years may have more digits, and zones differ. */
function byAge(a: RunCard, b: RunCard): number {
  return Date.parse(b.created) - Date.parse(a.created) || (a.id < b.id ? 1 : -1);
}

export function goneProblem(runFolder: string): Problem {
  return new Problem(
    vscode.l10n.t(
      'The run {0} is not there any more: its folder {1} was deleted, moved or damaged.',
      basename(runFolder),
      runFolder,
    ),
  );
}
