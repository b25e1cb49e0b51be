import * as v from 'valibot';

/** Fields that several kinds of layer have. */

export const layerName = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][\w.-]*$/, 'must be letters, digits, ".", "_" and "-", a letter or digit first'),
    v.maxLength(100),
    v.title('Name'),
    v.description('What the layer is called in summaries and files. Default: as Keras would call it.'),
  ),
);

export const integer = (title: string, description: string, minimum: number, maximum: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(minimum),
    v.maxValue(maximum),
    v.title(title),
    v.description(description),
  );

export const choice = <const Options extends readonly string[]>(
  title: string,
  description: string,
  options: Options,
) => v.pipe(v.picklist(options), v.title(title), v.description(description));

export const flag = (title: string, description: string) =>
  v.pipe(v.boolean(), v.title(title), v.description(description));

export const kernelSize = integer('Kernel size', 'Height and width of the kernel, in pixels.', 1, 31);
export const strides = integer('Strides', 'Pixels from one output position to the next.', 1, 16);

export const activations = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'tanh',
  'softplus',
  'swish',
] as const;

export const padding = choice(
  'Padding',
  "same: as TensorFlow pads; symmetric: (kernel size − 1) / 2 on each side, as PyTorch's models do; valid: none.",
  ['same', 'symmetric', 'valid'],
);
export type Padding = v.InferOutput<typeof padding>;
