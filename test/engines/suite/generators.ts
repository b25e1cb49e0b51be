import {
  dispose,
  grads,
  memory,
  mul,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { GeneratorInput } from '../../../src/core/involution/generators/generatorKinds';
import { groupLayouts } from '../../../src/core/involution/geometry';
import { Involution } from '../../../src/core/involution/layer';
import { Random } from '../../../src/core/random';
import { expectClose, type SuiteContext } from './context';
import { type NaiveLayer, naiveLayer, type Values } from './generatorReference';

const generators: GeneratorInput[] = [
  { kind: 'bottleneck', reductionRatio: 2 },
  { kind: 'bottleneck', reductionBias: false, epsilon: 1e-5 },
  { kind: 'linear' },
  { kind: 'static' },
  { kind: 'attention', border: 'zero' },
  { kind: 'attention', border: 'masked', positionBias: true },
  { kind: 'attention', border: 'clamped', positionBias: true },
  { kind: 'outlook' },
  { kind: 'filter-norm' },
  { kind: 'gaussian', normalize: false },
  { kind: 'gaussian', width: 2 },
  { kind: 'pairwise', reductionRatio: 2 },
];

/** Height, width, K, strides, groups: odd and even windows, images smaller than the window, strides beyond it. */
const sizes = [
  [4, 5, 3, 1, 2],
  [5, 3, 2, 1, 1],
  [2, 6, 3, 1, 4],
  [5, 4, 3, 2, 2],
  [7, 5, 2, 3, 2],
] as const;
const channels = 4;

/** Every kind of generator, within its layer, on a started engine: values and gradients against its definition. */
export function generatorSuite({ tolerance }: SuiteContext): void {
  describe.each(generators)('the generator $kind %o', (generator) => {
    const fitting = sizes.filter(([, , , strides]) => generator.kind !== 'outlook' || strides === 1);
    const cases = fitting.flatMap((size, index) =>
      [true, false].map((training) => ({ size, training, groupLayout: groupLayouts[index % 2]! })),
    );

    it('agrees with its definition, in values and gradients', async () => {
      const before = memory().numTensors;
      for (const { size, training, groupLayout } of cases) {
        const [height, width, kernelSize, strides, groups] = size;
        const what = `${size.join(' ')} ${groupLayout} ${training ? 'in training' : ''}`;
        const attributes = { kernelSize, strides, groups, groupLayout, padding: 'same' as const };
        const layer = new Involution({ generator, ...attributes });
        const shape = [2, height, width, channels] as const;
        build(layer, [...shape]);
        const random = new Random(height, width, kernelSize, strides, groups);
        const weights = fill(layer, random);
        const x = values(
          random,
          shape.reduce<number>((a, b) => a * b, 1),
        );
        const naive: NaiveLayer = {
          kind: generator.kind,
          options: optionsOf(layer),
          attributes,
          shape,
          training,
        };
        const expected = naiveLayer(naive, x, weights);

        const image = tensor(Float32Array.from(x), [...shape]) as Tensor4D;
        const [output, kernels] = layer.apply(image, { training }) as [Tensor4D, Tensor];
        expect([output.shape, kernels.shape], what).toEqual(layer.computeOutputShape([...shape]));
        await expectClose(kernels, expected.kernels, 5 * tolerance, `${what}: kernels`);
        await expectClose(output, expected.output, 10 * tolerance, `${what}: output`);

        write(layer, weights);
        const dy = values(random, output.size);
        const slopes = await gradients(layer, image, tensor(Float32Array.from(dy), output.shape), training);
        const loss = (changed: { x?: Float64Array; weights?: Values }) =>
          dot(naiveLayer(naive, changed.x ?? x, { ...weights, ...changed.weights }).output, dy);
        for (const [name, slope] of slopes) {
          const direction = values(random, slope.length);
          const at = name === 'x' ? x : weights[name]!;
          const step = 1e-5;
          const [up, down] = [step, -step].map((by) => {
            const moved = at.map((value, i) => value + by * direction[i]!);
            return loss(name === 'x' ? { x: moved } : { weights: { [name]: moved } });
          }) as [number, number];
          const difference = (up - down) / (2 * step);
          const scale = Math.max(1, Math.sqrt(dot(slope, slope)));
          expect(
            Math.abs(dot(slope, direction) - difference) / scale,
            `${what}: the slope of ${name}, ${dot(slope, direction)}, should be ${difference}`,
          ).toBeLessThan(50 * tolerance);
        }
        dispose([image, output, kernels]);
        layer.dispose();
      }
      expect(memory().numTensors, 'tensors left behind').toBe(before);
    });

    it('gives the same output when nobody wants its kernels', async () => {
      const [height, width, kernelSize, strides, groups] = fitting.at(-1)!;
      const layer = new Involution({ generator, kernelSize, strides, groups, seed: 1 });
      const random = new Random(2);
      const image = tensor(Float32Array.from(values(random, height * width * channels)), [
        1,
        height,
        width,
        channels,
      ]);
      const [output] = layer.apply(image) as [Tensor, Tensor];
      const [alone, none] = layer.apply(image, { kernels: false }) as [Tensor, Tensor];
      await expectClose(alone, await output.data(), 5 * tolerance, 'output');
      expect(none.shape).toEqual([0, ...layer.computeOutputShape(image.shape)[1]!.slice(1)]);
      dispose([image, output, alone, none]);
      layer.dispose();
    });
  });
}

const values = (random: Random, count: number) =>
  Float64Array.from({ length: count }, () => Math.fround(random.between(-1, 1)));

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** By a call, since TF.js disposes of no layer that was never called. */
function build(layer: Involution, shape: number[]): void {
  tidy(() => {
    layer.apply(zeros(shape));
  });
}

/** Random weights, the variances positive. */
function fill(layer: Involution, random: Random): Values {
  const weights = Object.fromEntries(
    layer.weights.map(({ name, shape }) => {
      const count = shape.reduce<number>((a, b) => a * b!, 1);
      const drawn = values(random, count);
      return [plain(name), name.includes('variance') ? drawn.map((v) => Math.fround(1 + v / 2)) : drawn];
    }),
  );
  write(layer, weights);
  return weights;
}

function write(layer: Involution, weights: Values): void {
  const tensors = layer.weights.map(({ name, shape }) =>
    tensor(Float32Array.from(weights[plain(name)]!), shape as number[]),
  );
  layer.setWeights(tensors);
  dispose(tensors);
}

/** TF.js may number a weight's name. */
const plain = (name: string) => name.split('/').at(-1)!.replace(/_\d+$/, '');

function optionsOf({ generator }: Involution): NaiveLayer['options'] {
  return typeof generator === 'function' ? {} : generator.options;
}

/** Of x and of each weight that learns. */
async function gradients(
  layer: Involution,
  image: Tensor4D,
  dy: Tensor,
  training: boolean,
): Promise<[name: string, slope: Float64Array][]> {
  const variables = layer.trainableWeights.map((weight) => weight.read());
  const slopes = tidy(() =>
    grads((x) => sum(mul((layer.call(x!, { training }) as [Tensor])[0], dy)))([image, ...variables]),
  );
  dy.dispose();
  const names = ['x', ...layer.trainableWeights.map(({ name }) => plain(name))];
  const read = await Promise.all(
    slopes.map(
      async (slope, i): Promise<[string, Float64Array]> => [names[i]!, Float64Array.from(await slope.data())],
    ),
  );
  dispose(slopes);
  return read;
}
