import type { ImageShape } from '../../src/core/data/dataset';
import type { LayerSpecInput, NetworkSpec } from '../../src/core/network/network';
import { parseNetwork } from '../../src/core/network/parse';
import { presetNetwork, presets } from '../../src/core/network/presets/presets';
import { generatorPlaces } from '../../src/node/export/kerasGenerators';

/** Small networks that have every preset, generator and layer in them, for those who make them in another library. */
export interface NetworkCase {
  readonly title: string;
  readonly network: NetworkSpec;
  readonly inputShape: ImageShape;
}

/** Of the other presets, the default; of these small ones, or more. */
const presetVariants: Record<string, Record<string, unknown>[]> = {
  involution: [{}, { width: 6, groups: 2, reductionRatio: 4 }],
  convolution: [{}, { width: 4, groups: 2 }],
  attention: [{ width: 4, groups: 2, positionBias: true }],
  rednet: [{ width: 1 / 8 }, { width: 1 / 8, stem: 'cifar' }],
  resnet: [{ width: 1 / 8 }, { width: 1 / 8, stem: 'cifar' }],
  drin: [{ width: 8, innerWidth: 6, groups: 3, depth: 2 }],
};
const ofPresets = Object.keys(presets).flatMap((id) =>
  (presetVariants[id] ?? [{}]).map(
    (parameters): NetworkCase => ({
      title: `the preset ${id} ${JSON.stringify(parameters)}`,
      network: presetNetwork(id, parameters),
      inputShape: [24, 20, 3],
    }),
  ),
);

const head: LayerSpecInput[] = [{ kind: 'flatten' }, { kind: 'dense', units: 'classes' }];

const paper = { groupLayout: 'contiguous', padding: 'symmetric', strides: 2 };
/** By kind: options of the layer and its own. */
const generatorVariants: Record<string, Record<string, unknown>[]> = {
  bottleneck: [
    { kernelSize: 4, strides: 2 },
    { ...paper, generator: { reductionRatio: 2, reductionBias: false, epsilon: 0.01, momentum: 0.5 } },
  ],
  linear: [{ groups: 4, strides: 5 }, { groupLayout: 'contiguous' }],
  static: [paper],
  attention: ['zero', 'masked', 'clamped'].flatMap((border) => [
    { strides: 2, generator: { border } },
    { ...paper, kernelSize: 5, generator: { border, positionBias: true } },
  ]),
  outlook: [{ groupLayout: 'contiguous' }, { kernelSize: 2 }],
  'filter-norm': [paper],
  gaussian: [paper, { generator: { normalize: false, width: 0.5 } }],
  pairwise: [
    { kernelSize: 4, strides: 3 },
    { ...paper, generator: { reductionRatio: 2 } },
  ],
};
const ofGenerators = Object.keys(generatorPlaces).flatMap((kind) =>
  (generatorVariants[kind] ?? [{}]).map(
    ({ generator = {}, ...layer }): NetworkCase => ({
      title: `the generator ${kind} ${JSON.stringify({ ...layer, ...(generator as object) })}`,
      network: parseNetwork({
        name: 'one_involution',
        layers: [
          { kind: 'convolution', filters: 8, kernelSize: 1 },
          { kind: 'involution', groups: 2, ...layer, generator: { kind, ...(generator as object) } },
          ...head,
        ],
      }),
      inputShape: [9, 7, 3],
    }),
  ),
);

/** What no preset has; the last of them in a chain, which is a sequential model. */
const ofLayers: NetworkCase[] = [
  ['linear', 'relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'softplus', 'swish'].map((name) => ({
    kind: 'residual',
    main: [{ kind: 'activation', function: name }],
  })),
  [
    { kind: 'convolution', filters: 12, groups: 'channels', strides: 2, padding: 'symmetric' },
    { kind: 'batch-norm', epsilon: 0.1 },
    { kind: 'dropout', rate: 0.4 },
    { kind: 'convolution', filters: 8, groups: 4, bias: false, padding: 'valid' },
    { kind: 'average-pool', size: 3, strides: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units: 7, activation: 'tanh', bias: false },
  ],
].map((layers, i) => ({
  title: ['every activation', 'a chain of other layers'][i]!,
  network: parseNetwork({ name: 'layers', layers: [...layers, ...(i === 0 ? head : [head[1]])] }),
  inputShape: [16, 12, 3],
}));

export const networkCases = [...ofPresets, ...ofGenerators, ...ofLayers];
