import * as l10n from '@vscode/l10n';
import type { DataSpecOf } from '../../core/data/dataKinds';
import type { Dataset } from '../../core/data/dataset';
import { shapes } from '../../core/data/kinds/shapes';
import { drawShapes, shapesClasses, shapesImageShape } from '../../core/data/shapes';
import { sharedBytes } from './sharedBytes';

export function drawBuiltInShapes(
  { trainCount, validationCount }: DataSpecOf<'shapes'>,
  { seed }: { seed: number },
): Omit<Dataset, 'fingerprint'> {
  return {
    name: shapes.title,
    classes: shapesClasses,
    imageShape: shapesImageShape,
    ...drawShapes({ train: trainCount, validation: validationCount }, seed, sharedBytes),
    source: l10n.t('drawn from seed {0}', seed),
    skipped: [],
  };
}
