import fc from 'fast-check';

/** How many messages a fuzz test sends; more of them outside of `npm test`: INVOLUTION_LAB_FUZZ=10000. */
export const messageCount = Number(process.env.INVOLUTION_LAB_FUZZ ?? 400);
export const messageSeed = Number(process.env.INVOLUTION_LAB_FUZZ_SEED ?? 822);

const runIds = fc.oneof(
  fc.constantFrom(
    'run-1',
    '..',
    '.',
    '',
    '../../etc',
    'a/b',
    'a\\b',
    'a\0b',
    'C:',
    '~',
    '__proto__',
    'nowhere',
  ),
  fc.constantFrom('x'.repeat(256), '\u202e', '[x](command:y)', '\ud800'),
  fc.string(),
);
const paths = fc.constantFrom(
  '/nowhere/cat.png',
  '/dev/zero',
  '\\\\server\\share\\cat.png',
  'relative.png',
  '/',
  '',
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, 1, -1, 1e9, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, -0, 0.5),
);
const words = fc.constantFrom(
  ...[
    'loss',
    'accuracy',
    'batch',
    'epoch',
    'all',
    'fit',
    'native',
    'involution',
    'convolution',
    'rednet-2',
    'charts',
  ],
  ...['kernels', 'evaluation', 'data', 'models', 'wasm', 'tfjs', 'inv_1', 'shapes', 'folder', 'cifar10'],
);
const large = fc.constantFrom(
  ...[Array.from({ length: 10_000 }, () => 'run-1'), Array.from({ length: 10_000 }, () => Number.NaN)],
  ...['x'.repeat(100_000), new Uint8Array(1 << 16), new Float64Array(3)],
);
const keys = fc.constantFrom(
  ...[
    'runs',
    'section',
    'images',
    'metric',
    'axis',
    'from',
    'to',
    'width',
    'smoothing',
    'file',
    'kind',
    'path',
  ],
  ...[
    'validationIndex',
    'data',
    'epochs',
    'models',
    'gpu',
    'runFolder',
    'image',
    'epoch',
    'resolution',
    '__proto__',
  ],
);
const small = fc.oneof(runIds, paths, numbers, words, fc.boolean(), fc.constantFrom(null, undefined));
const leaf = fc.oneof({ weight: 30, arbitrary: small }, { weight: 1, arbitrary: large });
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: leaf },
  { weight: 2, arbitrary: fc.array(leaf, { maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc.dictionary(keys, fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 7 }),
  },
);

/** A call of one of these functions, or of one that there is not, with anything for arguments. */
export const callOf = (names: readonly string[]) =>
  fc.record({
    name: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...names) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('constructor', '__proto__', 'toString', 'dispose', '', '$call'),
      },
    ),
    args: fc.array(value, { maxLength: 5 }),
  });

/** What is no message of the protocol. */
export const nonsense = fc.oneof(
  fc.anything(),
  fc.record({ t: fc.constantFrom('q', 's', 'x', 7), i: fc.anything(), m: fc.anything(), a: fc.anything() }),
);
