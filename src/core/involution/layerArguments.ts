import type { serialization } from '@tensorflow/tfjs-core';
import { ArgumentError, knownName, oneOf, positiveInteger } from './argumentErrors';
import { readPadding } from './attributes';
import {
  type ChosenGenerator,
  chooseGenerator,
  type OwnGenerator,
  ownOptions,
} from './generators/chosenGenerator';
import type { GeneratorInput, GeneratorName } from './generators/generatorKinds';
import {
  type GroupLayout,
  groupLayouts,
  type InvolutionAttributes,
  type InvolutionPadding,
} from './geometry';

export interface InvolutionArgs {
  /** How kernels are made: a kind, by name or with options, or a function of one's own. Default 'bottleneck'. */
  generator?: GeneratorName | GeneratorInput | OwnGenerator;
  /** Default 1. Must divide the input's channels. */
  groups?: number;
  /** K, even or odd. Default 3. */
  kernelSize?: number;
  /** Default 1. */
  strides?: number;
  /** Default 'interleaved'. */
  groupLayout?: GroupLayout;
  /** Default 'same'. 'symmetric' needs an odd K. */
  padding?: InvolutionPadding;
  /**
   * Of the bottleneck generator: the width that its reduction is taken from (the Keras example's `channel`). Default: the
   * input's channels.
   */
  channels?: number | null;
  /** Of the bottleneck generator: it is ⌊channels / reductionRatio⌋ wide. Default 1. */
  reductionRatio?: number;
  /** Makes the initial weights reproducible. */
  seed?: number | null;
  name?: string;
  trainable?: boolean;
}

/** All that decides what a layer does. */
export interface InvolutionSetup extends InvolutionAttributes {
  readonly generator: ChosenGenerator | OwnGenerator;
  readonly seed: number | null;
}

const ownArguments: readonly (keyof InvolutionArgs)[] = [
  'generator',
  'groups',
  'kernelSize',
  'strides',
  'groupLayout',
  'padding',
  'channels',
  'reductionRatio',
  'seed',
];
/** Those of every layer in TF.js. */
const layerArguments = [
  'name',
  'trainable',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'weights',
];

/** @throws ArgumentError for an argument that can never be right, or that there is not. */
export function readArguments(args: InvolutionArgs): InvolutionSetup {
  // TF.js adds customObjects to whatever it reads from a file.
  for (const name of Object.keys(args).filter((each) => each !== 'customObjects'))
    knownName(['an argument of Involution'], name, [...ownArguments, ...layerArguments]);
  const kernelSize = positiveInteger('kernelSize', args.kernelSize ?? 3);
  return {
    kernelSize,
    groups: positiveInteger('groups', args.groups ?? 1),
    strides: positiveInteger('strides', args.strides ?? 1),
    groupLayout: oneOf('groupLayout', args.groupLayout ?? 'interleaved', groupLayouts),
    padding: readPadding(args.padding, kernelSize),
    seed: args.seed ?? null,
    generator: readGenerator(args),
  };
}

/** Two of the bottleneck's options are arguments of the layer too, as they were before there were other generators. */
function readGenerator({ generator = 'bottleneck', channels, reductionRatio }: InvolutionArgs) {
  const given = typeof generator === 'string' ? { kind: generator } : generator;
  const ofLayer = Object.entries({ channels, reductionRatio }).filter(([, value]) => value != null);
  for (const [name, value] of ofLayer) {
    if (typeof given === 'function')
      throw new ArgumentError(name, value, ['left out when the generator is a function']);
    if (Object.keys(given ?? {}).includes(name))
      throw new ArgumentError(name, value, ['given once, to the layer or in its generator']);
  }
  if (typeof given === 'function') return given;
  if (typeof given !== 'object' || given === null)
    throw new ArgumentError('generator', given, ['the name of a kind, an object { kind, … } or a function']);
  return chooseGenerator({ ...given, ...Object.fromEntries(ofLayer) });
}

/**
 * What a file says of a layer. A bottleneck's options are written as they always were, so that earlier versions read
 * them, and only those that there were not before with the generator.
 * @throws ArgumentError with a function of one's own as generator
 */
export function layerConfig(setup: InvolutionSetup, layerName: string): serialization.ConfigDict {
  const { generator, groups, kernelSize, strides, groupLayout, padding, seed } = setup;
  if (typeof generator === 'function') {
    throw new ArgumentError(`${layerName}: generator`, 'a function', [
      'one of the kinds when the layer is saved, since a file holds no function',
    ]);
  }
  const kind = generator.kind.kind;
  if (kind !== 'bottleneck')
    return configDict({
      ...{ groups, kernelSize, strides, groupLayout, padding, seed },
      generator: { kind, ...generator.options },
    });
  const { channels, reductionRatio } = generator.options;
  const { channels: _channels, reductionRatio: _ratio, ...others } = ownOptions(generator);
  return configDict({
    ...{ channels, groups, kernelSize, strides, reductionRatio, groupLayout, seed },
    ...(padding !== 'same' && { padding }),
    ...(Object.keys(others).length > 0 && { generator: { kind, ...others } }),
  });
}

const configDict = (config: object) => config as serialization.ConfigDict;
