import * as v from 'valibot';
import { DataSpec } from '../data/dataKinds';
import { expandModels, ModelRequest, modelsLimit } from '../network/model';
import { UsageError } from '../usageError';
import { hyperParameters } from './hyperParameters';

/** The engines, fastest first: the order `auto` tries them in. */
export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** The two networks of the Keras example "Involutional neural networks": what is trained unless said otherwise. */
export const exampleModels = ['involution', 'convolution'];

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
