import type { Progress } from '../protocol/worker';

export interface TaskOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What the host is waiting for, by the id that it gave: reported on, and ended when it says so. */
export class Tasks {
  readonly #running = new Map<string, AbortController>();

  constructor(private readonly report: (task: string, progress: Progress) => void) {}

  async run<T>(task: string, work: (options: TaskOptions) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    this.#running.set(task, abort);
    try {
      const result = await work({
        signal: abort.signal,
        onProgress: (progress) => this.report(task, progress),
      });
      // Work that does not look at its signal ends as it should all the same.
      abort.signal.throwIfAborted();
      return result;
    } finally {
      this.#running.delete(task);
    }
  }

  /** A task that has ended in the meantime is left alone. */
  cancel(task: string): void {
    this.#running.get(task)?.abort();
  }
}
