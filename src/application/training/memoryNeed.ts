import { setImmediate } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { Dataset } from '../../core/data/dataset';
import { footprint } from '../../core/network/footprint';
import type { ModelSpec } from '../../core/network/model';
import type { MemoryDemand } from '../../core/plan/memoryDemand';
import type { RunSpec } from '../../core/runs/spec';
import { optimizerKind } from '../../core/training/optimizers/kinds';
import { Steps } from '../../core/training/step';
import type { Trainee } from '../../core/training/trainee';
import { type Engine, OutOfMemoryError } from '../../engines/engine';
import { gigabytes, memoryLimit } from '../../node/machine';

const floatBytes = 4;
/** A parameter's gradient, and a copy in the order that a product or a checkpoint wants it in. */
const copiesUsed = 2;
/**
 * What a heap takes, by the sizes of the values in it: there are gaps between them, and some kernels need room of their own
 * (test/engines/wasmMemory.test.ts measures that).
 */
const heapShare = 1.75;

type Setting = Pick<RunSpec, 'batchSize' | 'optimizer' | 'clipNorm' | 'labelSmoothing'>;
type Room = Pick<Engine, 'name' | 'memoryLimit'>;

/**
 * Throws, before there is any network, when the engine has no room for the parameters of all models and what their
 * optimizers remember, or this process none for a checkpoint.
 */
export function assertHoldsParameters(
  models: readonly ModelSpec[],
  { optimizer }: Pick<Setting, 'optimizer'>,
  dataset: Dataset,
  engine: Room,
  processLimit = memoryLimit(),
): void {
  // All have ended, and only the run's last word is missing: it was killed before that.
  if (models.length === 0) return;
  const prints = models.map(({ title, network }) => ({
    title,
    bytes: floatBytes * footprint(network, dataset.imageShape, dataset.classes.length).parameters,
  }));
  const copies = copiesKept(optimizer);
  // A graphics card has memory of its own; what passes through the process is a checkpoint.
  const inTurn = engine.memoryLimit === undefined ? 2 * copies : copiesUsed;
  const kept = engine.memoryLimit === undefined ? 0 : copies * sumOf(prints);
  const limit = roomOf(engine, dataset, processLimit);
  const { title, bytes } = prints.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const needed = kept + inTurn * bytes;
  if (needed <= limit) return;
  throw new Error(
    l10n.t(
      'To train the model {0} takes about {1} of memory for its weights alone; the {2} engine can have {3} here. Choose a smaller model, or another engine.',
      ...[title, gigabytes(needed), engine.name, gigabytes(limit)],
    ),
  );
}

/**
 * Throws, before the first step, when the engine has no room for a step of each model. It is tried on a few images, without
 * consequences; how much a graphics card can hold is not known. The models take turns, and all keep their parameters and
 * slots meanwhile.
 * @param options.share memory by the sizes of values; 1 for a run that has begun, whose batch can't be changed any more:
 * it is only refused where not even its values fit
 */
export async function assertFitsMemory(
  trainees: readonly { readonly title: string; readonly trainee: Pick<Trainee, 'network' | 'optimizer'> }[],
  setting: Setting,
  dataset: Dataset,
  engine: Room,
  { share = heapShare, processLimit = memoryLimit() } = {},
): Promise<void> {
  if (engine.memoryLimit === undefined || trainees.length === 0) return;
  const { imageShape, train, validation } = dataset;
  const size = imageShape.slice(0, 2).join('×');
  const batch = Math.min(setting.batchSize, Math.max(train.count, validation.count));
  const limit = roomOf(engine, dataset, processLimit);
  const needs: { title: string; demand: MemoryDemand }[] = [];
  let parameters = 0;
  for (const { title, trainee } of trainees) {
    const { network, optimizer } = trainee;
    parameters += optimizer.variables.reduce((sum, { size }) => sum + size, 0);
    try {
      const demand = new Steps(network, optimizer, { ...setting, imageShape }).demand(batch);
      if (demand) needs.push({ title, demand });
    } catch (cause) {
      if (!(cause instanceof OutOfMemoryError)) throw cause;
      const few = Math.min(batch, 2);
      throw new OutOfMemoryError(
        l10n.t(
          'Training the model {0} on images of {1} takes more memory than the {2} engine can have here ({3}), even in batches of {4}. Choose smaller images, a smaller model, or another engine.',
          ...[title, size, engine.name, gigabytes(limit), few],
        ),
        { cause },
      );
    }
    // Whoever wants to stop is heard between two models.
    await setImmediate();
  }
  const kept = copiesKept(setting.optimizer) * floatBytes * parameters;
  const bytesOf = ({ demand }: (typeof needs)[number]) => share * (kept + demand.bytes(batch));
  const tooLarge = needs.filter((need) => bytesOf(need) > limit).sort((a, b) => bytesOf(b) - bytesOf(a))[0];
  if (!tooLarge) return;
  const fitting = Math.min(...needs.map(({ demand }) => demand.most(limit / share - kept)));
  throw new Error(
    l10n.t(
      'Training the model {0} on images of {1} in batches of {2} takes about {3} of memory; the {4} engine can have {5} here. {6}',
      ...[tooLarge.title, size, batch, gigabytes(bytesOf(tooLarge)), engine.name, gigabytes(limit)],
      fitting >= 1
        ? l10n.t('Choose a batch size of at most {0}, or smaller images.', fitting)
        : l10n.t('Choose smaller images, or another engine.'),
    ),
  );
}

const copiesKept = (optimizer: RunSpec['optimizer']) => 1 + optimizerKind(optimizer).slots.length;

const roomOf = ({ memoryLimit = Infinity }: Room, { train, validation }: Dataset, processLimit: number) =>
  Math.max(0, Math.min(memoryLimit, processLimit - train.images.length - validation.images.length));

const sumOf = (parts: readonly { readonly bytes: number }[]) =>
  parts.reduce((sum, { bytes }) => sum + bytes, 0);
