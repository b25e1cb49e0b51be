import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BatchNormalizationArgs } from '../../src/core/batchNormalization/layer';
import type { InvolutionArgs } from '../../src/core/involution/layer';
import type { ModelId } from '../../src/core/network/model';

/** An array that Keras computed. */
export interface GoldenArray {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** One involution layer in Keras: the loss behind the gradients is Σ output · dy + Σ kernel · dkernel. */
export interface LayerCase {
  readonly name: string;
  readonly layer: InvolutionArgs;
  readonly training: boolean;
  readonly inputs: Record<'x' | 'dy' | 'dkernel', GoldenArray>;
  /** In getWeights()'s order, before the call. */
  readonly weights: GoldenArray[];
  readonly outputs: Record<'output' | 'kernel' | 'kernelSums', GoldenArray>;
  readonly dx: GoldenArray;
  /** Of the six trainable weights. */
  readonly dweights: GoldenArray[];
  /** After the call. */
  readonly moving: Record<'mean' | 'variance', GoldenArray>;
}

/** One batch normalisation layer in Keras: the loss behind the gradients is Σ output · dy. */
export interface BatchNormCase {
  readonly name: string;
  readonly layer: BatchNormalizationArgs;
  readonly training: boolean;
  readonly x: GoldenArray;
  readonly dy: GoldenArray;
  /** In getWeights()'s order, before the call. */
  readonly weights: GoldenArray[];
  readonly output: GoldenArray;
  readonly dx: GoldenArray;
  /** Of the trainable weights. */
  readonly dweights: GoldenArray[];
  /** After the call. */
  readonly moving: Record<'mean' | 'variance', GoldenArray>;
}

interface StoredCase<Args> {
  readonly name: string;
  readonly layer: Args;
  readonly training: boolean;
  readonly arrays: Record<string, { shape: number[]; offset: number }>;
}

/** What make_golden.py wrote of involution layers. */
export function layerCases(): LayerCase[] {
  return storedCases<InvolutionArgs>('layers').map(({ described, golden, numbered }) => ({
    ...described,
    inputs: { x: golden('x'), dy: golden('dy'), dkernel: golden('dkernel') },
    weights: numbered('weight'),
    outputs: { output: golden('output'), kernel: golden('kernel'), kernelSums: golden('kernelSums') },
    dx: golden('dx'),
    dweights: numbered('dweight'),
    moving: { mean: golden('movingMean'), variance: golden('movingVariance') },
  }));
}

/** What make_golden.py wrote of batch normalisation layers. */
export function batchNormCases(): BatchNormCase[] {
  return storedCases<BatchNormalizationArgs>('batchNorms').map(({ described, golden, numbered }) => ({
    ...described,
    x: golden('x'),
    dy: golden('dy'),
    weights: numbered('weight'),
    output: golden('output'),
    dx: golden('dx'),
    dweights: numbered('dweight'),
    moving: { mean: golden('movingMean'), variance: golden('movingVariance') },
  }));
}

/** The cases of a .json, with readers of their arrays in the .bin. */
function storedCases<Args>(file: string) {
  const { cases } = JSON.parse(fixture(`${file}.json`).toString()) as { cases: StoredCase<Args>[] };
  const floats = new Float32Array(new Uint8Array(fixture(`${file}.bin`)).buffer);
  return cases.map(({ arrays, ...described }) => {
    const golden = (array: string): GoldenArray => {
      const { shape, offset } = arrays[array]!;
      const size = shape.reduce((a, b) => a * b, 1);
      return { shape, values: floats.slice(offset, offset + size) };
    };
    const numbered = (prefix: string) =>
      Object.keys(arrays)
        .filter((name) => name.startsWith(prefix))
        .map(golden);
    return { described, golden, numbered };
  });
}

/** A preset's network as PyTorch computes it. */
export interface NetworkCase {
  readonly preset: string;
  readonly parameters: Record<string, unknown>;
  readonly side: number;
  /** Of the weights. */
  readonly seed: number;
  readonly loss: number;
  /** Of each weight that learns: its gradient's norm, and its products with two pseudo-random vectors. */
  readonly gradients: [norm: number, ...products: number[]][];
  /** Logits outside of training, those in training, and the gradient of the loss in the images. */
  readonly arrays: Record<'inference' | 'logits' | 'dimages', GoldenArray>;
}

/** What make_networks.py wrote. */
export function networkCases(): { batch: number; cases: NetworkCase[] } {
  const { batch, cases } = JSON.parse(fixture('networks.json').toString());
  const floats = new Float32Array(new Uint8Array(fixture('networks.bin')).buffer);
  const golden = ({ shape, offset }: { shape: number[]; offset: number }): GoldenArray => ({
    shape,
    values: floats.slice(offset, offset + shape.reduce((a, b) => a * b)),
  });
  return {
    batch,
    cases: cases.map(
      ({ arrays, ...rest }: { arrays: Record<string, { shape: number[]; offset: number }> }) => ({
        ...rest,
        arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, golden(array)])),
      }),
    ),
  };
}

/** What Keras's `model.summary()` prints. */
export function summaryText(model: 'inv_model' | 'sequential'): string {
  return fixture(`${model}.summary.txt`).toString();
}

/** The losses of a network's first 20 steps in Keras, and the batches of pseudorandom.ts that they are on. */
export function trainingLosses(): Record<
  ModelId,
  { batchSize: number; firstBatch: number; losses: number[] }
> {
  return JSON.parse(fixture('training.json').toString());
}

function fixture(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
}
