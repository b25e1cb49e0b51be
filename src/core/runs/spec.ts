import * as v from 'valibot';
import { expandModels, ModelRequest, modelsLimit } from '../network/model';
import { UsageError } from '../usageError';

/** The engines, fastest first: the order `auto` tries them in. */
export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** The two networks of the Keras example "Involutional neural networks": what is trained unless said otherwise. */
export const exampleModels = ['involution', 'convolution'];

const positiveInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** Images are this high and wide at most. */
export const imageSizeLimit = 512;

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const ShapesData = v.object({
  kind: v.literal('shapes'),
  /** Images drawn for training and for validation. */
  trainCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(1_000_000)), 10_000),
  validationCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(100_000)), 2_000),
});
const Cifar10Data = v.object({ kind: v.literal('cifar10') });
const FolderData = v.object({
  kind: v.literal('folder'),
  /** Absolute path of a folder with one subfolder a class. */
  path: v.pipe(v.string(), v.nonEmpty(), v.maxLength(32_767)),
  /** Images are resized to imageSize × imageSize. */
  imageSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(imageSizeLimit)), 32),
  validationSplit: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.2),
});

export const DataSpec = v.variant('kind', [ShapesData, Cifar10Data, FolderData]);
export type DataSpec = v.InferOutput<typeof DataSpec>;

export const ScheduleSpec = v.variant('kind', [
  v.object({ kind: v.literal('constant') }),
  /** Half a cosine from the initial rate to `finalFraction` of it over the whole run. */
  v.object({ kind: v.literal('cosine'), finalFraction: v.optional(fraction, 0) }),
  /** Multiplied by `factor` after every `every` epochs. */
  v.object({
    kind: v.literal('step'),
    every: v.optional(positiveInteger, 10),
    factor: v.optional(fraction, 0.1),
  }),
]);
export type ScheduleSpec = v.InferOutput<typeof ScheduleSpec>;

/** Everything that decides a run. Equal specs give equal runs (bit for bit on cpu and wasm). */
export const RunSpec = v.object({
  name: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  data: v.optional(DataSpec, { kind: 'shapes' }),
  /** The models to train, in the order of their colours: presets, or whole networks. */
  models: v.optional(
    v.pipe(
      v.array(ModelRequest),
      v.minLength(1),
      v.maxLength(modelsLimit),
      v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
        try {
          return expandModels(value);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          addIssue({ message: error.message });
          return NEVER;
        }
      }),
    ),
    exampleModels,
  ),
  epochs: v.optional(v.pipe(positiveInteger, v.maxValue(10_000)), 20),
  batchSize: v.optional(v.pipe(positiveInteger, v.maxValue(65_536)), 256),
  learningRate: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10)), 1e-3),
  schedule: v.optional(ScheduleSpec, { kind: 'constant' }),
  /** Gradients are scaled down to this global norm; null: never. */
  clipNorm: v.optional(v.nullable(v.pipe(v.number(), v.finite(), v.gtValue(0))), null),
  /** A model stops when its validation loss has not improved for this many epochs; null: never. */
  earlyStoppingPatience: v.optional(v.nullable(positiveInteger), null),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)), 42),
  engine: v.optional(v.picklist(['auto', ...engineNames]), 'auto'),
});
export type RunSpec = v.InferOutput<typeof RunSpec>;
/** What a person may leave out. */
export type RunSpecInput = v.InferInput<typeof RunSpec>;
