import type { LayersModel } from '@tensorflow/tfjs-layers';

interface Entry {
  readonly network: Promise<LayersModel>;
  users: number;
}

/** Keeps the networks that were used last, for as long as the engine that holds their weights runs. */
export class NetworkCache {
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly size: number) {}

  /** Hands `work` the network of this key; it is not disposed of before `work` is over. */
  async use<T>(
    key: string,
    load: () => Promise<LayersModel>,
    work: (network: LayersModel) => Promise<T>,
  ): Promise<T> {
    const entry = this.#entries.get(key) ?? { network: load(), users: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    try {
      return await work(await entry.network);
    } catch (error) {
      // A network that could not be loaded is loaded anew the next time.
      await entry.network.catch(() => this.#forget(key, entry));
      throw error;
    } finally {
      entry.users--;
      this.#trim();
    }
  }

  /** The engine ends, and with it all weights. */
  clear(): void {
    for (const [key, entry] of this.#entries) {
      this.#forget(key, entry);
      dispose(entry);
    }
  }

  #trim(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.size) return;
      if (entry.users > 0) continue;
      this.#forget(key, entry);
      dispose(entry);
    }
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

function dispose({ network }: Entry): void {
  network.then(
    (loaded) => loaded.dispose(),
    () => {},
  );
}
