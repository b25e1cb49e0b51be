import { chooseGenerator } from '../../core/involution/generators/chosenGenerator';
import type { GeneratorName } from '../../core/involution/generators/generatorKinds';
import type { AnyLayerSpec } from '../../core/network/layerKind';
import type { ModelId, ModelSpec } from '../../core/network/model';
import type { NetworkSpec } from '../../core/network/network';
import { type PlacedLayer, placeLayers } from '../../core/network/place';
import type { EngineName } from '../../core/runs/spec';

/** What is done with a network: a training step, or a forward pass as in evaluation. */
export type Pass = 'training' | 'inference';

/** What a network is timed on. Unless it is told otherwise, CIFAR-10's. */
export interface Images {
  readonly inputShape: readonly [height: number, width: number, channels: number];
  readonly classes: number;
}
export const squareImages = (imageSize = 32, classes = 10): Images => ({
  inputShape: [imageSize, imageSize, 3],
  classes,
});

/** A pass of a network over a batch. */
export interface NetworkSubject extends Images {
  readonly kind: Pass;
  readonly model: ModelId;
  /** Each of its layers has its name, so that peers find its weights. */
  readonly network: NetworkSpec;
  readonly batch: number;
}

/** @throws NetworkError where the network does not fit the images */
export function networkSubject(
  kind: Pass,
  { id, network }: ModelSpec,
  images: Images,
  batch: number,
): NetworkSubject {
  const layers = placeLayers(network, images.inputShape, images.classes).map(named);
  return { kind, model: id, network: { ...network, layers }, ...images, batch };
}

function named({ spec, name, branches }: PlacedLayer): AnyLayerSpec {
  const series = Object.entries(branches).map(([field, layers]) => [field, layers.map(named)]);
  return { ...spec, ...Object.fromEntries(series), name };
}

/** What an involution works on: size × size images. */
interface Field {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly kernelSize: number;
  readonly groups: number;
}

/** RedNet's first stage, unless said otherwise: 16 channels share a kernel. */
function field(change: Partial<Field>): Field {
  const channels = change.channels ?? 64;
  return { batch: 8, size: 56, channels, kernelSize: 7, groups: Math.max(1, channels / 16), ...change };
}

/** An involution layer, forward and all gradients. */
export interface LayerSubject extends Field {
  readonly kind: 'layer';
  readonly generator: GeneratorName;
  /** The layer alone. */
  readonly network: NetworkSpec;
}

export function layerSubject(generator: GeneratorName, change: Partial<Field>): LayerSubject {
  const { kind, options } = chooseGenerator(generator);
  const place = field(change);
  const layer = {
    ...{ kind: 'involution', name: 'layer', kernelSize: place.kernelSize, groups: place.groups, strides: 1 },
    ...{ padding: 'same', groupLayout: 'contiguous', generator: { kind: kind.kind, ...options } },
  };
  return { kind: 'layer', generator, network: { name: 'layer', layers: [layer] }, ...place };
}

/** The bare operator, forward and both gradients. */
export interface OperatorSubject extends Field {
  readonly kind: 'operator';
}

const operatorSubject = (change: Partial<Field>): OperatorSubject => ({ kind: 'operator', ...field(change) });

/** One size grows at a time. Where a peer that unfolds would need gigabytes, the batch is smaller. */
export const operatorSubjects: readonly OperatorSubject[] = [
  ...[16, 32, 64, 128].map((channels) => operatorSubject({ channels })),
  ...[256, 512].map((channels) => operatorSubject({ channels, batch: 2 })),
  ...[3, 5].map((kernelSize) => operatorSubject({ kernelSize })),
  ...[32, 112, 224].map((size) => operatorSubject({ size, batch: size > 56 ? 1 : 8 })),
  ...[1, 2, 4].map((batch) => operatorSubject({ batch })),
];

/** What is timed. */
export type Subject = NetworkSubject | LayerSubject | OperatorSubject;

/** "rednet, inference, 32 of 64×64 …". */
export function described(subject: Subject): string {
  if ('model' in subject) {
    const [height, width] = subject.inputShape;
    return `${subject.model}, ${subject.kind}, ${subject.batch} of ${height}×${width} …`;
  }
  const { batch, size, channels, kernelSize, groups } = subject;
  const what = subject.kind === 'layer' ? `${subject.generator}, ` : '';
  return `${what}[${batch}, ${size}, ${size}, ${channels}], K ${kernelSize}, G ${groups} …`;
}

/** What a Python may have to compare with. */
export const libraries = ['keras', 'torch'] as const;
export type Library = (typeof libraries)[number];

/** Who is timed: one of our engines, or a library that a Python brings along. */
export type Candidate = { readonly engine: EngineName } | { readonly peer: Library; readonly python: string };

/** What a contestant's process says when it has warmed up. */
export interface Ready {
  readonly device: string;
  /** "Keras 3.15.1 on TensorFlow 2.21.0". */
  readonly name: string;
  /** Of a peer's network or layer: how many values learn in it, and how far its output is from ours, as a share. */
  readonly parameters?: number;
  readonly difference?: number | null;
}

/** The answer to `{"seconds": …}`: how many steps it did in about that time, and in how long. */
export interface Measurement {
  readonly steps: number;
  readonly seconds: number;
}

/** The answer to `{"end": true}`, its last. */
export interface Memory {
  /** The most that the process ever held, in MB. */
  readonly peakMemoryMB: number;
  /** How much of it came after the inputs were there and before the end: what the computation itself needs. */
  readonly workingMemoryMB: number;
}
