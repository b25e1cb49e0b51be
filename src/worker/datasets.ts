import type { Dataset } from '../core/data/dataset';
import type { DataChoice } from '../core/runs/dataChoice';
import type { RunManifest } from '../core/runs/manifest';
import type { LoadingOptions } from '../node/data/loadingOptions';
import { loadUnverified, type RunData, RunDataError, verifyData } from '../node/runs/runDataset';
import { readManifest } from '../node/runs/runFolder';

/** Of a run's data: the editor has buttons where the command has options. */
export function withButtons(error: unknown): unknown {
  if (!(error instanceof RunDataError)) return error;
  return Object.assign(new Error(error.problem, { cause: error }), { ways: error.ways });
}

/** The data set that was looked at last: sections of a panel ask for the same one again and again. */
export class Datasets {
  #key = '';
  #latest: Promise<Dataset> | null = null;

  /** `offline`: the host's workspace is not trusted. */
  constructor(private readonly offline: boolean) {}

  /** As the run saw it, split by its seed, or as it is now where that will do; an error says what has changed since. */
  async ofRun(runFolder: string, choice: DataChoice, options: LoadingOptions = {}): Promise<RunData> {
    const manifest = await readManifest(runFolder);
    const loading = this.#load(manifest, choice, options);
    try {
      const dataset = await loading;
      return { dataset, change: verifyData(manifest, dataset, choice.anyway) };
    } catch (error) {
      // What was changed back, or could not be loaded, is looked at anew the next time.
      this.#forget(loading);
      throw withButtons(error);
    }
  }

  #load(manifest: RunManifest, choice: DataChoice, options: LoadingOptions): Promise<Dataset> {
    // Changed data that will do is not kept for who wants it unchanged: it may have been mended since.
    const key = JSON.stringify([manifest.spec.data, manifest.spec.seed, choice]);
    if (this.#latest && key === this.#key) return this.#latest;
    const loading = loadUnverified(manifest, {
      ...options,
      offline: this.offline,
      folder: choice.folder ?? undefined,
    });
    this.#key = key;
    this.#latest = loading;
    return loading;
  }

  #forget(loading: Promise<Dataset>): void {
    if (this.#latest === loading) this.#latest = null;
  }
}
