import * as l10n from '@vscode/l10n';
import type { Dataset } from '../../core/data/dataset';
import { footprint } from '../../core/network/footprint';
import type { RunSpec } from '../../core/runs/spec';
import { optimizerKind } from '../../core/training/optimizers/kinds';
import type { Engine } from '../../engines/engine';
import { memoryLimit } from '../../node/machine';

const floatBytes = 4;
/** A parameter's gradient, and a copy in the order that a product or a checkpoint wants it in. */
const copiesUsed = 2;
/** All activations of a batch are kept for the gradients, which take up to half as much again on their way back. */
const activationCopies = 1.5;

/**
 * Throws, before anything is computed, when the engine has no room for a step of each model, or this process none for
 * the data and a checkpoint. The models take turns, and both keep their parameters and slots meanwhile.
 */
export function assertFitsMemory(
  { models, batchSize, optimizer }: Pick<RunSpec, 'models' | 'batchSize' | 'optimizer'>,
  { imageShape, classes, train, validation }: Dataset,
  engine: Pick<Engine, 'name' | 'memoryLimit'>,
  processLimit = memoryLimit(),
): void {
  // All have ended, and only the run's last word is missing: it was killed before that.
  if (models.length === 0) return;
  const batch = Math.min(batchSize, Math.max(train.count, validation.count));
  const limit = Math.min(
    engine.memoryLimit ?? Infinity,
    processLimit - train.images.length - validation.images.length,
  );
  const copiesKept = 1 + optimizerKind(optimizer).slots.length;
  const prints = models.map(({ title, network }) => ({
    title,
    ...footprint(network, imageShape, classes.length),
  }));
  const kept = prints.reduce((sum, { parameters }) => sum + copiesKept * floatBytes * parameters, 0);
  const needs = prints.map(({ title, parameters, activations }) => {
    // A graphics card has memory of its own; what passes through the process is a checkpoint.
    const isOwn = engine.memoryLimit === undefined;
    const fixed = isOwn
      ? 2 * copiesKept * floatBytes * parameters
      : kept + copiesUsed * floatBytes * parameters;
    const perImage = isOwn ? 0 : activationCopies * floatBytes * activations;
    return { title, fixed, perImage, needed: fixed + batch * perImage };
  });
  const { title, fixed, perImage, needed } = needs.reduce((a, b) => (b.needed > a.needed ? b : a));
  if (needed <= limit) return;
  const fitting = Math.floor((limit - fixed) / perImage);
  throw new Error(
    l10n.t(
      'Training the model {0} on images of {1} in batches of {2} takes about {3} of memory; the {4} engine can have {5} here. {6}',
      title,
      imageShape.slice(0, 2).join('×'),
      batch,
      gigabytes(needed),
      engine.name,
      gigabytes(Math.max(0, limit)),
      fitting >= 1
        ? l10n.t('Choose a batch size of at most {0}, or smaller images.', fitting)
        : l10n.t('Choose smaller images, or another engine.'),
    ),
  );
}

const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
