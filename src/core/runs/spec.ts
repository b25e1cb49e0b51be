import * as v from 'valibot';
import { expandModels, ModelRequest, modelsLimit } from '../network/model';
import { UsageError } from '../usageError';
import { hyperParameters } from './hyperParameters';

/** The engines, fastest first: the order `auto` tries them in. */
export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** The two networks of the Keras example "Involutional neural networks": what is trained unless said otherwise. */
export const exampleModels = ['involution', 'convolution'];

/** Images are this high and wide at most. */
export const imageSizeLimit = 512;

const ShapesData = v.pipe(
  v.object({
    kind: v.literal('shapes'),
    trainCount: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(10),
        v.maxValue(1_000_000),
        v.title('Train images'),
        v.description('How many shapes are drawn for training.'),
        v.metadata({ flags: '--train-count <images>' }),
      ),
      10_000,
    ),
    validationCount: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(10),
        v.maxValue(100_000),
        v.title('Val. images'),
        v.description('How many shapes are drawn for validation.'),
        v.metadata({ flags: '--validation-count <images>' }),
      ),
      2_000,
    ),
  }),
  v.title('Built-in shapes'),
);
const Cifar10Data = v.pipe(v.object({ kind: v.literal('cifar10') }), v.title('CIFAR-10'));
const FolderData = v.pipe(
  v.object({
    kind: v.literal('folder'),
    path: v.pipe(
      v.string(),
      v.nonEmpty(),
      v.maxLength(32_767),
      v.title('Folder'),
      v.description('One subfolder per class; an absolute path.'),
    ),
    imageSize: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(8),
        v.maxValue(imageSizeLimit),
        v.title('Image size'),
        v.description('Images of a folder are resized to this square, in pixels.'),
        v.metadata({ flags: '--image-size <pixels>' }),
      ),
      32,
    ),
    validationSplit: v.optional(
      v.pipe(
        v.number(),
        v.gtValue(0),
        v.ltValue(1),
        v.title('Val. split'),
        v.description('How much of a folder is held out for validation.'),
        v.metadata({ flags: '--validation-split <fraction>' }),
      ),
      0.2,
    ),
  }),
  v.title('Image folder'),
);

export const DataSpec = v.variant('kind', [ShapesData, Cifar10Data, FolderData]);
export type DataSpec = v.InferOutput<typeof DataSpec>;

/** Everything that decides a run. Equal specs give equal runs (bit for bit on cpu and wasm). */
export const RunSpec = v.object({
  data: v.optional(
    v.pipe(
      DataSpec,
      v.title('Data'),
      v.description('What to learn from.'),
      v.metadata({ flags: '--data <source>' }),
    ),
    { kind: 'shapes' },
  ),
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
  ...hyperParameters,
  engine: v.optional(
    v.pipe(
      v.picklist(['auto', ...engineNames]),
      v.title('Engine'),
      v.description('What computes; auto takes the fastest that works.'),
      v.metadata({ flags: '--engine <name>' }),
    ),
    'auto',
  ),
  name: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(1000),
      v.title('Run name'),
      v.description('What to call the run.'),
      v.metadata({ flags: '--name <name>' }),
    ),
  ),
});
export type RunSpec = v.InferOutput<typeof RunSpec>;
/** What a person may leave out. */
export type RunSpecInput = v.InferInput<typeof RunSpec>;
