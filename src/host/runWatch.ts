import * as vscode from 'vscode';
import { loggedError } from './problem';

/** Between two looks at the runs that are shown or being trained; while one of them has no first step yet. */
export const lookMs = 400;
const eagerLookMs = 80;
/** Between two looks at all of the folder; where that takes long, ten times as long as it takes. */
const fullLookMs = 2_000;

export interface WatchedRuns {
  /** Reads all of the folder. */
  refresh(): Promise<void>;
  look(ids: readonly string[]): Promise<void>;
  /** Those that may change at any time, whoever watches them. */
  restless(): readonly string[];
  /** One of them has no first step yet. */
  awaitsFirstStep(): boolean;
}

/** Looks at runs again and again while somebody watches: at all of them, and more often at those that are watched or restless. */
export class RunWatch implements vscode.Disposable {
  readonly #watches = new Set<readonly string[]>();
  #timer: NodeJS.Timeout | undefined;
  #nextFullLook = 0;

  constructor(
    private readonly runs: WatchedRuns,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  begin(ids: readonly string[]): vscode.Disposable {
    // A copy is its own: two watches of the same runs end separately.
    const watched = [...ids];
    this.#watches.add(watched);
    this.#timer ??= setTimeout(() => this.#tick(), 0);
    return new vscode.Disposable(() => this.#watches.delete(watched));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watches.clear();
  }

  /** The next look begins when this one has ended, however slow the disk is. */
  async #tick(): Promise<void> {
    const begin = Date.now();
    const isFull = begin >= this.#nextFullLook;
    try {
      const often = new Set([...[...this.#watches].flat(), ...this.runs.restless()]);
      await (isFull ? this.runs.refresh() : this.runs.look([...often]));
    } catch (error) {
      this.log.error(loggedError(error));
    }
    const end = Date.now();
    if (isFull) this.#nextFullLook = end + Math.max(fullLookMs, 10 * (end - begin));
    const delay = this.runs.awaitsFirstStep() ? eagerLookMs : lookMs;
    this.#timer = this.#watches.size > 0 ? setTimeout(() => this.#tick(), delay) : undefined;
  }
}
