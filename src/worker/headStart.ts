import * as v from 'valibot';
import type { Dataset } from '../core/data/dataset';
import { convolves } from '../core/network/traits';
import { RunSpec, type RunSpecInput } from '../core/runs/spec';
import { loadDataset } from '../node/data/loadDataset';
import type { EngineHolder } from './engineHolder';

/** What a training needs and can be there before all is known of it: while a person is still being asked. */
export class HeadStart {
  #dataset: { readonly key: string; readonly made: Promise<Dataset> } | null = null;

  constructor(private readonly engines: EngineHolder) {}

  async make(input: RunSpecInput): Promise<void> {
    const { success, output: spec } = v.safeParse(RunSpec, input);
    if (!success) return;
    const { engine, models, data, seed } = spec;
    await this.engines
      .forTrainingSoon(engine, { convolves: models.some(({ network }) => convolves(network)) })
      .catch(() => {});
    // The others are read or fetched: that waits until it is sure that they are meant.
    if (data.kind !== 'shapes') return;
    const made = loadDataset(data, { seed });
    made.catch(() => {});
    this.#dataset = { key: keyOf(data, seed), made };
  }

  /** The data that were made, if they are these; once: a training that has them keeps them. */
  readonly loadData: typeof loadDataset = async (data, options) => {
    const ready = this.#dataset;
    this.#dataset = null;
    return ready?.key === keyOf(data, options.seed) ? ready.made : loadDataset(data, options);
  };
}

const keyOf = (data: RunSpec['data'], seed: number) => JSON.stringify([data, seed]);
