import {
  dispose,
  grads,
  memory,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tensor1d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../src/core/network/build';
import { allLayers, placeLayers } from '../../../src/core/network/place';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { sparseSoftmaxCrossEntropy } from '../../../src/core/training/loss';
import { type NetworkCase, networkCases } from '../../golden/fixtures';
import { hashed, noise } from '../../golden/pseudorandom';
import { expectClose, type SuiteContext } from './context';

const { batch, cases } = networkCases();

/** Every preset's network against what PyTorch computes (test/golden/make_networks.py). */
export function networkSuite({ tolerance }: SuiteContext): void {
  describe('a network computes what PyTorch does', () => {
    const named = cases.map((golden) => ({ ...golden, of: JSON.stringify(golden.parameters) }));
    it.each(named)('$preset $of', { timeout: 900_000 }, async (golden) => {
      const before = memory().numTensors;
      const { model, learning } = prepare(golden);
      const images = tidy(() =>
        variable(tensor(imageValues(golden.side), [batch, golden.side, golden.side, 3])),
      );

      const inference = model.predict(images) as Tensor;
      await expectClose(inference, golden.arrays.inference.values, 10 * tolerance, 'logits');

      await onOneSide(async (shift) => {
        tidy(() => images.assign(tensor(imageValues(golden.side, shift), images.shape)));
        const { loss, logits, gradients } = train(model, images, learning);
        try {
          await expectTrained(golden, learning, { loss, logits, gradients }, tolerance);
        } finally {
          dispose([loss, logits, ...gradients]);
        }
      });
      dispose([images, inference]);
      model.dispose();
      expect(memory().numTensors, 'tensors left behind').toBe(before);
    });
  });
}

/**
 * Beside the kink of a ReLU, gradients jump: in the deepest of these networks a change of the images by their rounding
 * moves a gradient by a hundredth at times. So an engine may be on the other side of a kink than PyTorch was; then it
 * agrees for images that are a rounding away.
 */
async function onOneSide(agrees: (shift: number) => Promise<void>): Promise<void> {
  const shifts = [0, 1e-7, -1e-7, 2e-7, -2e-7, 3e-7, -3e-7];
  for (const [i, shift] of shifts.entries())
    try {
      return await agrees(shift);
    } catch (error) {
      if (i === shifts.length - 1) throw error;
    }
}

/** What a step computes is what PyTorch does. */
async function expectTrained(
  golden: NetworkCase,
  learning: readonly LayerVariable[],
  { loss, logits, gradients }: ReturnType<typeof train>,
  tolerance: number,
): Promise<void> {
  await expectClose(logits, golden.arrays.logits.values, 50 * tolerance, 'logits in training');
  await expectClose(loss, [golden.loss], 20 * tolerance, 'loss');
  const [dimages, ...dweights] = gradients;
  await expectAlike(dimages!, golden.arrays.dimages.values, 200 * tolerance);
  expect(dweights.length).toBe(golden.gradients.length);
  const greatest = Math.max(...golden.gradients.map(([norm]) => norm));
  for (const [index, [norm, ...products]] of golden.gradients.entries()) {
    const values = (await dweights[index]!.data()) as Float32Array;
    const name = learning[index]!.name;
    // What batch norm takes away again has no gradient but rounding.
    const allowed = 200 * tolerance * (norm + 1e-3 * greatest);
    expect(Math.abs(normOf(values) - norm), `gradient of ${name}`).toBeLessThanOrEqual(allowed);
    for (const [k, product] of products.entries()) {
      const vector = noise(3 + k, values.length);
      const actual = values.reduce((sum, value, i) => sum + value * vector[i]!, 0);
      expect(Math.abs(actual - product), `a product with the gradient of ${name}`).toBeLessThanOrEqual(
        allowed,
      );
    }
  }
}

/** The network with the fixture's weights, and those that learn in the order in which layers are computed. */
function prepare({ preset, parameters, side, seed }: NetworkCase) {
  const network = presetNetwork(preset, parameters);
  const inputShape = [side, side, 3] as const;
  const model = buildNetwork(network, { inputShape });
  const layers = [...allLayers(placeLayers(network, inputShape, 10))].map(({ name }) => model.getLayer(name));
  const learning = layers.flatMap((layer) => layer.trainableWeights);
  for (const [index, weight] of learning.entries()) set(weight, startOf(weight, 1000 * seed + 10 + index));
  for (const [index, weight] of layers.flatMap((layer) => layer.nonTrainableWeights).entries()) {
    const values = noise(1000 * seed + 500 + index, weight.shape[0]!);
    set(
      weight,
      weight.originalName.endsWith('variance') ? values.map((u) => 1 + 0.5 * u) : values.map((u) => 0.2 * u),
    );
  }
  return { model, learning };
}

/** Kernels within Glorot's limits; other weights around 0, gammas around ½. */
function startOf({ shape, originalName }: LayerVariable, seed: number): Float64Array {
  const sides = shape as number[];
  const size = sides.reduce((a, b) => a * b);
  const values = noise(seed, size);
  if (sides.length === 1) return values.map((u) => (originalName.endsWith('gamma') ? 0.5 : 0) + 0.4 * u);
  const [inputs, outputs] = sides.slice(-2) as [number, number];
  const limit = Math.sqrt(6 / ((size / (inputs * outputs)) * (inputs + outputs)));
  return values.map((u) => u * limit);
}

function set(weight: LayerVariable, values: Float64Array): void {
  tidy(() => {
    weight.write(tensor(Float32Array.from(values), weight.shape as number[]));
  });
}

/** Between 0 and 1; with a shift, each that far up or down at most. */
function imageValues(side: number, shift = 0): Float32Array {
  const size = batch * side * side * 3;
  const shifts = noise(9, size);
  return Float32Array.from(noise(1, size), (u, i) => (u + 1) / 2 + shift * shifts[i]!);
}

function train(model: LayersModel, images: Variable, learning: readonly LayerVariable[]) {
  const labels = tensor1d(
    Array.from(hashed(2, batch), (bits) => bits % 10),
    'int32',
  ) as Tensor1D;
  const variables = learning.map((weight) => weight.read() as Variable);
  return tidy(() => {
    const logits = () => model.apply(images, { training: true, kernels: false }) as Tensor2D;
    const before = logits();
    const loss = () => sparseSoftmaxCrossEntropy(labels, logits()).loss;
    const gradients = grads(loss)([images, ...variables]);
    const result = { loss: loss(), logits: before, gradients };
    labels.dispose();
    return result;
  });
}

/** Their difference is small beside the expected ones. */
async function expectAlike(actual: Tensor, expected: Float32Array, tolerance: number): Promise<void> {
  const values = await actual.data();
  const difference = normOf(expected.map((value, i) => values[i]! - value));
  expect(difference / normOf(expected), 'gradient in the images').toBeLessThanOrEqual(tolerance);
}

const normOf = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));
