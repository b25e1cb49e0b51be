import type { ModelId, ModelSpec } from '../../core/network/model';
import type { NetworkSpec } from '../../core/network/network';
import { presetNetwork } from '../../core/network/presets/presets';
import { type EngineName, exampleModels } from '../../core/runs/spec';

/** The images that steps are timed on: CIFAR-10's. */
export const stepShape = { inputShape: [32, 32, 3], classes: 10 } as const;

/** A training step of a network. */
export interface StepSubject {
  readonly kind: 'step';
  readonly model: ModelId;
  readonly network: NetworkSpec;
  readonly batch: number;
  /** Which of the Keras example's networks it is, which the peers have too. */
  readonly example: string | null;
}

export function stepSubject({ id, network }: ModelSpec, batch: number): StepSubject {
  const text = JSON.stringify(network);
  const example = exampleModels.find((name) => JSON.stringify(presetNetwork(name)) === text) ?? null;
  return { kind: 'step', model: id, network, batch, example };
}

/** The bare operator, forward and both gradients, on size × size images. */
export interface OperatorSubject {
  readonly kind: 'operator';
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly kernelSize: number;
  readonly groups: number;
}

/** What is timed. */
export type Subject = StepSubject | OperatorSubject;

/** Who is timed: one of our engines, or a library that a Python brings along. */
export type Candidate =
  | { readonly engine: EngineName }
  | { readonly peer: 'keras' | 'torch'; readonly python: string };

/** What a contestant's process says when it has warmed up. */
export interface Ready {
  readonly device: string;
  /** "Keras 3.15.1 on TensorFlow 2.21.0". */
  readonly name: string;
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
