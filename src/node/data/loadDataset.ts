import type { DataKindName, DataSpec, DataSpecOf } from '../../core/data/dataKinds';
import type { Dataset } from '../../core/data/dataset';
import { fingerprint } from './fingerprint';
import type { LoadingOptions } from './loadingOptions';

type Options = LoadingOptions & { seed: number };
type Parts = Omit<Dataset, 'fingerprint'>;

/** How each kind is loaded. Archives and image formats are large modules: they come for those who need them. */
const loaders: { [Kind in DataKindName]: (spec: DataSpecOf<Kind>, options: Options) => Promise<Parts> } = {
  shapes: async (spec, options) => (await import('./builtInShapes')).drawBuiltInShapes(spec, options),
  cifar10: async (_, options) => (await import('./cifar10')).loadCifar10(options),
  folder: async (spec, options) => (await import('./imageFolder')).loadImageFolder(spec, options),
};

/** The data set of a spec, its pixels in shared memory. The seed decides what is drawn and what is held out. */
export async function loadDataset(spec: DataSpec, options: Options): Promise<Dataset> {
  const load = loaders[spec.kind] as (spec: DataSpec, options: Options) => Promise<Parts>;
  const parts = await load(spec, options);
  options.signal?.throwIfAborted();
  return { ...parts, fingerprint: fingerprint(parts) };
}
