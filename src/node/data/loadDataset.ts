import * as l10n from '@vscode/l10n';
import type { Dataset } from '../../core/data/dataset';
import { drawShapes, shapesClasses, shapesImageShape } from '../../core/data/shapes';
import type { DataSpec } from '../../core/runs/spec';
import { fingerprint } from './fingerprint';
import type { LoadingOptions } from './loadingOptions';
import { sharedBytes } from './sharedBytes';

/** The data set of a spec, its pixels in shared memory. The seed decides what is drawn and what is held out. */
export async function loadDataset(
  spec: DataSpec,
  options: LoadingOptions & { seed: number },
): Promise<Dataset> {
  const parts = await load(spec, options);
  options.signal?.throwIfAborted();
  return { ...parts, fingerprint: fingerprint(parts) };
}

/** Archives and image formats are large modules: loaded for those who need them. */
async function load(
  spec: DataSpec,
  options: LoadingOptions & { seed: number },
): Promise<Omit<Dataset, 'fingerprint'>> {
  switch (spec.kind) {
    case 'shapes':
      return drawBuiltInShapes(spec, options.seed);
    case 'cifar10':
      return (await import('./cifar10')).loadCifar10(options);
    case 'folder':
      return (await import('./imageFolder')).loadImageFolder(spec, options);
  }
}

async function drawBuiltInShapes(
  { trainCount, validationCount }: Extract<DataSpec, { kind: 'shapes' }>,
  seed: number,
): Promise<Omit<Dataset, 'fingerprint'>> {
  return {
    name: 'Built-in shapes',
    classes: shapesClasses,
    imageShape: shapesImageShape,
    ...drawShapes({ train: trainCount, validation: validationCount }, seed, sharedBytes),
    source: l10n.t('drawn from seed {0}', seed),
    skipped: [],
  };
}
