import type { EngineName } from '../core/runs/spec';
import type { Engine } from '../engines/engine';
import { startEngine } from '../engines/select';

type Choice = EngineName | 'auto';

/** The one engine of this process. TF.js has one current backend, so training and looking share it. */
export class EngineHolder {
  #engine: Promise<Engine> | null = null;
  #startedFor = '';
  #isAbandoned = false;
  readonly #releases: (() => Promise<void>)[] = [];

  /** `preferred` comes from the settings: what looking at kernels starts when nothing runs yet. */
  constructor(private readonly preferred: Choice) {}

  /** For a training: the engine of its spec. One that runs already is used when it is the same; otherwise it ends. */
  async forTraining(choice: Choice, { convolves }: { convolves: boolean }): Promise<Engine> {
    const running = await this.#usable?.catch(() => null);
    if (running && (running.name === choice || this.#startedFor === purpose(choice, convolves)))
      return running;
    return this.#start(choice, convolves);
  }

  /** The same ahead of time: nothing that runs has to go for it. */
  async forTrainingSoon(choice: Choice, { convolves }: { convolves: boolean }): Promise<void> {
    if (!this.#usable) await this.#start(choice, convolves);
  }

  /** To look at a model: whatever runs, or the preferred one. */
  async forLooking(): Promise<Engine> {
    return this.#usable ?? this.#start(this.preferred, true);
  }

  /**
   * After a training broke down. What it had under way is still in the engine's memory, which may have been full: who asks
   * next gets a new one.
   */
  abandon(): void {
    this.#isAbandoned = true;
  }

  /** Called before an engine ends, with it all tensors that it holds. */
  onRelease(release: () => Promise<void>): void {
    this.#releases.push(release);
  }

  get #usable(): Promise<Engine> | null {
    return this.#isAbandoned ? null : this.#engine;
  }

  #start(choice: Choice, convolves: boolean): Promise<Engine> {
    const previous = this.#engine;
    this.#isAbandoned = false;
    this.#startedFor = purpose(choice, convolves);
    const engine = this.#end(previous).then(() => startEngine(choice, { convolves }));
    this.#engine = engine;
    engine.catch(() => {
      // The next one who asks tries again: what was missing may be there by then.
      if (this.#engine === engine) this.#engine = null;
    });
    return engine;
  }

  async #end(previous: Promise<Engine> | null): Promise<void> {
    const engine = await previous?.catch(() => null);
    if (!engine) return;
    for (const release of this.#releases) await release();
    await engine.dispose();
  }
}

/** 'auto' may choose another engine for networks that convolve. */
const purpose = (choice: Choice, convolves: boolean) => `${choice} ${convolves}`;
