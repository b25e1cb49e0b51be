import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunManifest } from '../core/runs/manifest';
import { renameRun } from '../node/runs/runFolder';
import { deleteRun } from '../node/runs/runList';
import type { RunCard, SeriesRequest, SeriesSnapshot } from '../protocol/lab';
import { Problem } from './problem';
import { RunRecord } from './runRecord';

/** Between two looks at the runs that are shown or being trained. */
const lookMs = 400;
/** Every so many looks, all of the folder. */
const fullLookEvery = 5;

/**
 * The runs of one folder, as its files say: also those that were begun in a terminal. While somebody watches, it looks at
 * the folder again and again (a file watcher misses changes on network drives and in containers); otherwise only when asked.
 */
export class RunStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<readonly string[]>();
  /** The ids of runs that are new, changed or gone. */
  readonly onDidChange = this.#changed.event;
  readonly #records = new Map<string, RunRecord>();
  /** What can't be read, so that each is logged once. */
  readonly #unreadable = new Map<string, string>();
  readonly #watches = new Set<readonly string[]>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #refreshing: Promise<void> | null = null;
  #isLoaded = false;

  constructor(
    private root: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get folder(): string {
    return this.root;
  }

  /** Another folder, because the setting or the workspace changed. */
  async moveTo(folder: string): Promise<void> {
    if (folder === this.root) return;
    this.root = folder;
    const gone = [...this.#records.keys()];
    this.#records.clear();
    this.#isLoaded = false;
    this.#changed.fire(gone);
    await this.refresh();
  }

  path(id: string): string {
    return join(this.root, id);
  }

  /** Newest first. */
  cards(): readonly RunCard[] {
    return [...this.#records.values()]
      .map(({ card }) => card)
      .sort((a, b) => b.created.localeCompare(a.created) || b.id.localeCompare(a.id));
  }

  card(id: string): RunCard | undefined {
    return this.#records.get(id)?.card;
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
    const looks = ids.map(async (id) => ((await this.#look(id)) ? [id] : []));
    this.#report((await Promise.all(looks)).flat());
  }

  async manifest(id: string): Promise<RunManifest> {
    if (!this.#records.has(id)) await this.look([id]);
    const record = this.#records.get(id);
    if (!record) throw goneProblem(id, this.root);
    return record.manifest;
  }

  series(request: SeriesRequest): SeriesSnapshot[] {
    return request.runs.flatMap((id) => this.#records.get(id)?.curves.snapshots(id, request) ?? []);
  }

  async rename(id: string, name: string): Promise<void> {
    await renameRun(this.path(id), name);
    await this.look([id]);
  }

  async delete(id: string): Promise<void> {
    await deleteRun(this.path(id));
    await this.refresh();
  }

  /** The run once no process trains it any more, or as it is after `patienceMs`. */
  async settled(id: string, patienceMs: number): Promise<RunCard | undefined> {
    const end = Date.now() + patienceMs;
    for (;;) {
      await this.look([id]);
      const record = this.#records.get(id);
      if (!record?.isLive || Date.now() > end) return record?.card;
      await sleep(lookMs);
    }
  }

  /** Unix milliseconds; 0 for a run that is not there. */
  async lastWritten(id: string): Promise<number> {
    return (await this.#records.get(id)?.lastWritten()) ?? 0;
  }

  /** Keeps looking, at these runs more often, until disposed of. */
  watch(ids: readonly string[] = []): vscode.Disposable {
    // A copy is its own: two watches of the same runs end separately.
    const watched = [...ids];
    this.#watches.add(watched);
    this.#timer ??= setTimeout(() => this.#tick(), 0);
    return new vscode.Disposable(() => this.#watches.delete(watched));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watches.clear();
    this.#changed.dispose();
  }

  /** The next look begins when this one has ended, however slow the disk is. */
  async #tick(): Promise<void> {
    const live = [...this.#records].flatMap(([id, record]) => (record.isLive ? [id] : []));
    const isFull = this.#looks++ % fullLookEvery === 0;
    try {
      await (isFull ? this.refresh() : this.look([...new Set([...live, ...[...this.#watches].flat()])]));
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
    }
    this.#timer = this.#watches.size > 0 ? setTimeout(() => this.#tick(), lookMs) : undefined;
  }

  async #refresh(): Promise<void> {
    const folder = this.root;
    const names = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const ids = names
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
    const gone = [...this.#records.keys()].filter((id) => !ids.includes(id));
    const changed = [...gone];
    for (const id of gone) this.#records.delete(id);
    for (const id of ids) {
      // The folder was changed for another in the meantime.
      if (folder !== this.root) return;
      if (await this.#look(id)) changed.push(id);
    }
    this.#isLoaded = true;
    this.#report(changed);
  }

  /** True when the run is new or has changed. */
  async #look(id: string): Promise<boolean> {
    const known = this.#records.get(id);
    if (known) return known.look();
    const folder = this.path(id);
    try {
      const record = await RunRecord.open(folder);
      if (folder !== this.path(id) || this.#records.has(id)) return false;
      this.#records.set(id, record);
      return true;
    } catch (error) {
      const reason = (error as Error).message;
      if (this.#unreadable.get(folder) !== reason) this.log.warn(reason);
      this.#unreadable.set(folder, reason);
      return false;
    }
  }

  #report(changed: readonly string[]): void {
    if (changed.length > 0) this.#changed.fire(changed);
  }
}

function goneProblem(id: string, folder: string): Problem {
  return new Problem(
    vscode.l10n.t(
      'The run {0} is not in {1} any more: its folder was deleted, moved or damaged.',
      id,
      folder,
    ),
  );
}
