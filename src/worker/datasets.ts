import type { Dataset } from '../core/data/dataset';
import { loadDataset } from '../node/data/loadDataset';
import type { LoadingOptions } from '../node/data/loadingOptions';
import { readManifest } from '../node/runs/runFolder';

/** The data set that was looked at last: sections of a panel ask for the same one again and again. */
export class Datasets {
  #key = '';
  #latest: Promise<Dataset> | null = null;

  /** `offline`: the host's workspace is not trusted. */
  constructor(private readonly offline: boolean) {}

  /** As the run saw it, split by its seed. */
  async ofRun(runFolder: string, options: LoadingOptions = {}): Promise<Dataset> {
    const { spec } = await readManifest(runFolder);
    const key = JSON.stringify([spec.data, spec.seed]);
    if (this.#latest && key === this.#key) return this.#latest;
    const loading = loadDataset(spec.data, { ...options, offline: this.offline, seed: spec.seed });
    this.#key = key;
    this.#latest = loading;
    // One that could not be loaded, or was cancelled, is loaded anew the next time.
    loading.catch(() => {
      if (this.#latest === loading) this.#latest = null;
    });
    return loading;
  }
}
