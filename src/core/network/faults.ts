/** What can be wrong with a network, in sentences that are filled in (words.ts) and translated where they are shown. */

/** With a layer where it stands. */
export const layerFaults = {
  divisor: "{0} must be a divisor of its input's {1} channels, but is {2}",
  multiple: '{0} must be a multiple of its {1} groups, but is {2}',
  odd: '{0} must be odd with padding "symmetric", but is {1}',
  window: '{0} must be at most {1}, the shorter side of its input, with padding "valid", but is {2}',
  allowed: '{0} must be {1}, but is {2}',
  name: '{0} must be its own, but "{1}" is that of {2}',
  input: 'the input',
  image:
    'needs an image, [height, width, channels], but gets {0} values: put it before flatten, dense and global pools',
  row: 'needs a row of values, but gets an image of {0}: put flatten or a global pool before it',
  branches:
    'main and shortcut must give the same shape, but give {0} and {1}: a convolution in the shortcut can match strides and channels',
  logits: 'the last layer must give one logit for each of the {0} classes, but gives {1}',
} as const;

/** With a value that should be a network. */
export const valueFaults = {
  allowed: layerFaults.allowed,
  it: 'it',
  missing: '{0} is missing',
  missingKind: '{0} is missing; there are {1}',
  unknownKind: 'there is no {0} {1}; there are {2}',
  meantKind: 'there is no {0} {1} (did you mean {2}?)',
  unknownField: 'there is no field {0}; there are {1}',
  meantField: 'there is no field {0} (did you mean {1}?)',
} as const;
