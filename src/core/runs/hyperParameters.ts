import * as v from 'valibot';

/**
 * What decides how networks learn. Each is written here and nowhere else: the command's options with their help
 * (`flags`), the form's rows and their translations (titles, descriptions) are made of these schemas by `fieldsOf`.
 */

const positiveInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const weightDecay = v.pipe(
  v.number(),
  v.minValue(0),
  v.maxValue(10),
  v.title('Weight decay'),
  v.description(
    'Each step takes learning rate × this off every weight, as in Keras; biases and batch norms are spared.',
  ),
  v.metadata({ flags: '--weight-decay <rate>' }),
);

export const OptimizerSpec = v.variant('kind', [
  v.pipe(v.object({ kind: v.literal('adam') }), v.title('Adam')),
  v.pipe(
    v.object({ kind: v.literal('adamw'), weightDecay: v.optional(weightDecay, 0.004) }),
    v.title('AdamW'),
  ),
  v.pipe(
    v.object({
      kind: v.literal('sgd'),
      momentum: v.optional(
        v.pipe(
          v.number(),
          v.minValue(0),
          v.maxValue(1),
          v.title('Momentum'),
          v.description('How much of its velocity a weight keeps from step to step.'),
          v.metadata({ flags: '--momentum <fraction>' }),
        ),
        0.9,
      ),
      nesterov: v.optional(
        v.pipe(
          v.boolean(),
          v.title('Nesterov'),
          v.description('Looks a step of the velocity ahead.'),
          v.metadata({ flags: '--nesterov' }),
        ),
        false,
      ),
      weightDecay: v.optional(weightDecay, 0),
    }),
    v.title('SGD'),
  ),
]);
export type OptimizerSpec = v.InferOutput<typeof OptimizerSpec>;

export const ScheduleSpec = v.variant('kind', [
  v.pipe(v.object({ kind: v.literal('constant') }), v.title('Constant')),
  v.pipe(
    v.object({
      kind: v.literal('cosine'),
      finalFraction: v.optional(
        v.pipe(
          fraction,
          v.title('Final fraction'),
          v.description('What is left of the learning rate at the end of the run, after half a cosine.'),
        ),
        0,
      ),
    }),
    v.title('Cosine'),
  ),
  v.pipe(
    v.object({
      kind: v.literal('step'),
      every: v.optional(
        v.pipe(
          positiveInteger,
          v.title('Decay every'),
          v.description('Epochs after which the learning rate is multiplied by the decay factor.'),
        ),
        10,
      ),
      factor: v.optional(
        v.pipe(
          fraction,
          v.title('Decay factor'),
          v.description('What the learning rate is multiplied by each time.'),
        ),
        0.1,
      ),
    }),
    v.title('Step'),
  ),
]);
export type ScheduleSpec = v.InferOutput<typeof ScheduleSpec>;

/** How training images are varied, each anew in every epoch; validation images never are. */
export const AugmentationSpec = v.object({
  flip: v.optional(
    v.pipe(
      v.boolean(),
      v.title('Flip'),
      v.description('Mirrors half of the training images, left to right.'),
    ),
    false,
  ),
  /** Pixels; null: no crop. */
  crop: v.optional(
    v.nullable(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(256),
        v.title('Crop'),
        v.description(
          'Pads training images with so many black pixels on each side and cuts them out at random; 4 is usual for 32×32.',
        ),
      ),
    ),
    null,
  ),
});
export type AugmentationSpec = v.InferOutput<typeof AugmentationSpec>;

export const hyperParameters = {
  epochs: v.optional(
    v.pipe(
      positiveInteger,
      v.maxValue(10_000),
      v.title('Epochs'),
      v.description('Passes over the training images.'),
      v.metadata({ flags: '--epochs <count>' }),
    ),
    20,
  ),
  batchSize: v.optional(
    v.pipe(
      positiveInteger,
      v.maxValue(65_536),
      v.title('Batch size'),
      v.description('Images per step.'),
      v.metadata({ flags: '--batch-size <images>' }),
    ),
    256,
  ),
  optimizer: v.optional(
    v.pipe(
      OptimizerSpec,
      v.title('Optimizer'),
      v.description('How weights follow their gradients.'),
      v.metadata({ flags: '--optimizer <name>' }),
    ),
    { kind: 'adam' },
  ),
  learningRate: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0),
      v.maxValue(10),
      v.title('Learning rate'),
      v.description("The optimizer's; SGD takes some ten to a hundred times Adam's."),
      v.metadata({ flags: '--learning-rate <rate>' }),
    ),
    1e-3,
  ),
  schedule: v.optional(
    v.pipe(
      ScheduleSpec,
      v.title('Schedule'),
      v.description('How the learning rate falls.'),
      v.metadata({ flags: '--schedule <schedule>' }),
    ),
    { kind: 'constant' },
  ),
  warmupEpochs: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.maxValue(10_000),
      v.title('Warm-up'),
      v.description(
        'Epochs over which the learning rate rises in equal steps, from near zero to what the schedule gives.',
      ),
      v.metadata({ flags: '--warmup <epochs>' }),
    ),
    0,
  ),
  /** Gradients are scaled down to this global norm; null: never. */
  clipNorm: v.optional(
    v.nullable(
      v.pipe(
        v.number(),
        v.finite(),
        v.gtValue(0),
        v.title('Clip norm'),
        v.description('Scales gradients down to this global norm.'),
        v.metadata({ flags: '--clip-norm <norm>' }),
      ),
    ),
    null,
  ),
  labelSmoothing: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.ltValue(1),
      v.title('Label smoothing'),
      v.description(
        'The part of each label that all classes share in training; validation losses are without it.',
      ),
      v.metadata({ flags: '--label-smoothing <fraction>' }),
    ),
    0,
  ),
  augmentation: v.optional(
    v.pipe(
      AugmentationSpec,
      v.title('Augmentation'),
      v.description('Varies the training images.'),
      v.metadata({ flags: '--augment <how>' }),
    ),
    {},
  ),
  /** A model stops when its validation loss has not improved for this many epochs; null: never. */
  earlyStoppingPatience: v.optional(
    v.nullable(
      v.pipe(
        positiveInteger,
        v.title('Patience'),
        v.description('Stops a model when its validation loss has not fallen for so many epochs.'),
        v.metadata({ flags: '--early-stopping <epochs>' }),
      ),
    ),
    null,
  ),
  seed: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(2 ** 31 - 1),
      v.title('Seed'),
      v.description('Decides initial weights, order, split and augmentation.'),
      v.metadata({ flags: '--seed <number>' }),
    ),
    42,
  ),
};
