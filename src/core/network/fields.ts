import * as v from 'valibot';

/** Fields that several kinds of layer have. Their messages end the sentence "… must be …". */

export const layerName = v.optional(
  v.pipe(
    v.string('a text'),
    v.regex(
      /^[A-Za-z0-9][\w.-]{0,99}$/,
      'up to 100 letters, digits, ".", "_" and "-", a letter or digit first',
    ),
    v.title('Name'),
    v.description('What the layer is called in summaries and files. Default: as Keras would call it.'),
  ),
);

export const integer = (title: string, description: string, minimum: number, maximum: number) => {
  const message = `an integer from ${minimum} to ${maximum}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(minimum, message),
    v.maxValue(maximum, message),
    v.title(title),
    v.description(description),
  );
};

/** A number of a range, both ends included. */
export const number = (title: string, description: string, minimum: number, maximum: number) => {
  const message = `a number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.number(message),
    v.minValue(minimum, message),
    v.maxValue(maximum, message),
    v.title(title),
    v.description(description),
  );
};

/** An integer, or a word that stands for one. */
export const integerOr = <const Word extends string>(
  word: Word,
  title: string,
  description: string,
  minimum: number,
  maximum: number,
) =>
  v.pipe(
    v.union(
      [integer(title, description, minimum, maximum), v.literal(word)],
      `an integer from ${minimum} to ${maximum} or "${word}"`,
    ),
    v.title(title),
    v.description(description),
  );

export const choice = <const Options extends readonly string[]>(
  title: string,
  description: string,
  options: Options,
) =>
  v.pipe(
    v.picklist(options, `one of ${options.map((each) => JSON.stringify(each)).join(', ')}`),
    v.title(title),
    v.description(description),
  );

export const flag = (title: string, description: string) =>
  v.pipe(v.boolean('true or false'), v.title(title), v.description(description));

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
