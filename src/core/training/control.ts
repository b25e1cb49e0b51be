/** How a person steers a training from outside. The trainer looks at it between steps. */
export class TrainingControl {
  #stopped = false;
  #resumed: PromiseWithResolver | null = null;

  get isPaused(): boolean {
    return this.#resumed !== null && !this.#stopped;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  pause(): void {
    this.#resumed ??= withResolver();
  }

  continue(): void {
    this.#resumed?.resolve();
    this.#resumed = null;
  }

  /** For good; also ends a pause. */
  stop(): void {
    this.#stopped = true;
    this.continue();
  }

  /** Resolves when the pause, if there is one, ends. */
  async untilContinued(): Promise<void> {
    while (this.#resumed && !this.#stopped) await this.#resumed.promise;
  }
}

interface PromiseWithResolver {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function withResolver(): PromiseWithResolver {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
