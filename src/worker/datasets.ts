import type { Dataset } from '../core/data/dataset';
import type { RunManifest } from '../core/runs/manifest';
import type { LoadingOptions } from '../node/data/loadingOptions';
import { loadUnverified, verifyData } from '../node/runs/runDataset';
import { readManifest } from '../node/runs/runFolder';

/** The data set that was looked at last: sections of a panel ask for the same one again and again. */
export class Datasets {
  #key = '';
  #latest: Promise<Dataset> | null = null;

  /** `offline`: the host's workspace is not trusted. */
  constructor(private readonly offline: boolean) {}

  /** As the run saw it, split by its seed; an error says what has changed since. */
  async ofRun(runFolder: string, options: LoadingOptions = {}): Promise<Dataset> {
    const manifest = await readManifest(runFolder);
    const loading = this.#load(manifest, options);
    const dataset = await loading;
    try {
      verifyData(manifest, dataset);
    } catch (error) {
      // What was changed back is looked at anew the next time.
      this.#forget(loading);
      throw error;
    }
    return dataset;
  }

  #load(manifest: RunManifest, options: LoadingOptions): Promise<Dataset> {
    const key = JSON.stringify([manifest.spec.data, manifest.spec.seed]);
    if (this.#latest && key === this.#key) return this.#latest;
    const loading = loadUnverified(manifest, { ...options, offline: this.offline });
    this.#key = key;
    this.#latest = loading;
    // One that could not be loaded, or was cancelled, is loaded anew the next time.
    loading.catch(() => this.#forget(loading));
    return loading;
  }

  #forget(loading: Promise<Dataset>): void {
    if (this.#latest === loading) this.#latest = null;
  }
}
