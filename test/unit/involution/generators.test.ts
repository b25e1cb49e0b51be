import '@tensorflow/tfjs-backend-cpu';
import { createHash } from 'node:crypto';
import {
  add,
  cos,
  dispose,
  grads,
  io,
  matMul,
  memory,
  mul,
  randomUniform,
  reshape,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  train,
  zeros,
} from '@tensorflow/tfjs-core';
import { input, layers, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { build } from 'esbuild';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { chooseGenerator, type OwnGenerator } from '../../../src/core/involution/generators/chosenGenerator';
import { involutionMacs, parameterCounts, stencilSize } from '../../../src/core/involution/generators/cost';
import {
  type GeneratorInput,
  generatorKinds,
  generatorNames,
} from '../../../src/core/involution/generators/generatorKinds';
import { Involution, type InvolutionArgs } from '../../../src/core/involution/layer';
import { kernelAt } from '../../../src/core/kernels/kernelDetail';
import { statisticMap } from '../../../src/core/kernels/kernelMap';
import { kernelStatistics, statisticNames } from '../../../src/core/kernels/statistics';
import { tracedStatistic, traceInvolutions } from '../../../src/core/kernels/trace';
import { summarize } from '../../../src/core/network/summary';

const image = (height = 6, width = 5, channels = 4, seed = 1) =>
  randomUniform([1, height, width, channels], -1, 1, 'float32', seed) as Tensor4D;

describe('each kind of generator', () => {
  it('can be read without TF.js: the editor lists, checks and counts kinds, and computes with none', async () => {
    const { metafile } = await build({
      entryPoints: [
        'src/core/involution/generators/generatorKinds.ts',
        'src/core/involution/generators/cost.ts',
      ],
      ...{ bundle: true, write: false, metafile: true, outdir: '-', platform: 'node', format: 'esm' },
    });
    const read = Object.keys(metafile.inputs);
    expect(read.filter((file) => file.includes('@tensorflow'))).toEqual([]);
    expect(read.some((file) => file.endsWith('generators/pairwise.ts'))).toBe(true);
  });

  it('has words and a picture for people, and options that describe themselves', () => {
    for (const name of generatorNames) {
      const { kind, title, description, options, schema, statistic } = generatorKinds[name];
      expect(kind).toBe(name);
      expect(title).toMatch(/^[A-Z]/);
      expect(description).toMatch(/\.$/);
      for (const [option, field] of Object.entries(options)) {
        const { wrapped } = field as v.OptionalSchema<v.GenericSchema, unknown>;
        const inner = 'wrapped' in wrapped ? (wrapped.wrapped as v.GenericSchema) : wrapped;
        expect(v.getTitle(inner as never), `${name}.${option}`).toMatch(/^./);
        expect(v.getDescription(inner as never), `${name}.${option}`).toMatch(/\.$/);
      }
      const chosen: Record<string, unknown> = v.parse(schema, { kind: name });
      expect(Object.keys(chosen)).toEqual(['kind', ...Object.keys(options)]);
      expect(Object.keys(kernelStatistics)).toContain(statistic(chosen));
    }
  });

  const attributes = {
    kernelSize: 3,
    strides: 1,
    groups: 1,
    groupLayout: 'interleaved',
    padding: 'same',
  } as const;
  /** C, K, G, r → values that learn and moving statistics: the formulas of each kind's source. */
  it.each<[GeneratorInput, (C: number, K: number, G: number) => [learn: number, move: number]]>([
    [
      { kind: 'bottleneck', reductionRatio: 2 },
      (C, K, G) => bottleneckCount(C, Math.floor(C / 2), K, G, true),
    ],
    [
      { kind: 'bottleneck', reductionRatio: 4, reductionBias: false },
      (C, K, G) => bottleneckCount(C, Math.floor(C / 4), K, G, false),
    ],
    [{ kind: 'linear' }, (C, K, G) => [K * K * G * (C + 1), 0]],
    [{ kind: 'static' }, (_, K, G) => [K * K * G, 0]],
    [{ kind: 'attention' }, (C) => [4 * C * C + 4 * C, 0]],
    [
      { kind: 'attention', border: 'clamped', positionBias: true },
      (C, K, G) => [4 * C * C + 4 * C + G * (2 * K - 1) ** 2, 0],
    ],
    [{ kind: 'outlook' }, (C, K, G) => [2 * C * C + C + K ** 4 * G * (C + 1), 0]],
    [{ kind: 'filter-norm' }, (C, K, G) => [K * K * G * (C + 1), 0]],
    [{ kind: 'gaussian' }, () => [0, 0]],
    [
      { kind: 'pairwise', reductionRatio: 4 },
      (C, _, G) => {
        const R = Math.floor(C / 4);
        const gamma = 2 * (R + 2) + (R + 2) * R + 2 * R + R * G + G;
        return [2 * (C * R + R) + 4 + gamma + C * C + C, 2 * (R + 2) + 2 * R];
      },
    ],
  ])('%o holds as many values as its formula says, built or not', (generator, formula) => {
    for (const [channels, kernelSize, groups] of [
      [4, 3, 1],
      [16, 3, 4],
      [64, 7, 4],
    ] as const) {
      const setting = { ...attributes, channels, kernelSize, groups };
      const [trainable, statistics] = formula(channels, kernelSize, groups);
      expect(parameterCounts(chooseGenerator(generator), setting)).toEqual({ trainable, statistics });
      if (channels > 16) continue;
      const layer = new Involution({ generator, kernelSize, groups });
      layer.build([null, null, null, channels]);
      expect(layer.countParams()).toBe(trainable + statistics);
    }
  });

  it("is the Keras example's at C 3, K 3, G 1, r 2: 26 values; and the paper's at RedNet's first stage: 4388", () => {
    const counts = (generator: GeneratorInput, channels: number, kernelSize: number, groups: number) =>
      parameterCounts(chooseGenerator(generator), { ...attributes, channels, kernelSize, groups });
    const { trainable, statistics } = counts({ kind: 'bottleneck', reductionRatio: 2 }, 3, 3, 1);
    expect(trainable + statistics).toBe(26);
    const paper = { kind: 'bottleneck', reductionRatio: 4, reductionBias: false } as const;
    expect(counts(paper, 64, 7, 4).trainable).toBe(4388);
  });

  it.each<[GeneratorInput, InvolutionArgs, number]>([
    // An 8×6 image of 4 channels: 48 pixels.
    [{ kind: 'bottleneck', reductionRatio: 2 }, {}, 48 * (4 * 2 + 2 * 9 + 9 * 4)],
    [{ kind: 'bottleneck', reductionRatio: 2 }, { strides: 2 }, 12 * (4 * 2 + 2 * 9 + 9 * 4)],
    [{ kind: 'linear' }, { groups: 2 }, 48 * (4 * 18 + 9 * 4)],
    [{ kind: 'static' }, {}, 48 * 9 * 4],
    [{ kind: 'attention' }, {}, 48 * (4 * 16 + 2 * 9 * 4)],
    [{ kind: 'attention' }, { strides: 2 }, 48 * 2 * 16 + 12 * (2 * 16 + 2 * 9 * 4)],
    [{ kind: 'attention', border: 'clamped' }, {}, 48 * (4 * 16 + 2 * 25 * 4)],
    [{ kind: 'outlook' }, {}, 48 * (2 * 16 + 4 * 81 + 25 * 4)],
    [{ kind: 'filter-norm' }, {}, 48 * (4 * 9 + 9 * 4)],
    [{ kind: 'gaussian' }, {}, 48 * (2 * 9 * 4)],
    [{ kind: 'pairwise', reductionRatio: 2 }, {}, 48 * (2 * 4 * 2 + 9 * (4 * 2 + 2) + 16 + 9 * 4)],
  ])('%o, %o: multiply–accumulates', (generator, args, macs) => {
    const layer = new Involution({ generator, ...args, name: 'inv' });
    expect(layer.macs([null, 8, 6, 4])).toBe(macs);
    expect(layer.macs([null, null, 6, 4])).toBeNull();
    const images = input({ shape: [8, 6, 4] });
    const network = model({ inputs: images, outputs: layer.apply(images)[0] });
    expect(summarize(network).layers[1]!.macs).toBe(macs);
    const { strides } = layer;
    const pixels = { input: 48, output: 48 / strides ** 2 };
    const setting = { ...attributes, ...args, channels: 4 } as never;
    expect(involutionMacs(chooseGenerator(generator), setting, pixels)).toBe(macs);
  });

  it('has kernels of the size that it says', () => {
    const sizes = generatorNames.map((kind) => stencilSize(chooseGenerator(kind), 3));
    expect(Object.fromEntries(generatorNames.map((kind, i) => [kind, sizes[i]]))).toEqual({
      ...{ bottleneck: 3, linear: 3, static: 3, attention: 3, outlook: 5 },
      ...{ 'filter-norm': 3, gaussian: 3, pairwise: 3 },
    });
    expect(stencilSize(chooseGenerator({ kind: 'attention', border: 'clamped' }), 4)).toBe(7);
  });
});

const bottleneckCount = (C: number, R: number, K: number, G: number, bias: boolean): [number, number] => [
  C * R + (bias ? R : 0) + 2 * R + R * K * K * G + K * K * G,
  2 * R,
];

describe('the layer with a generator', () => {
  const everyKind: GeneratorInput[] = [
    ...generatorNames.map((kind) => ({ kind }) as GeneratorInput),
    { kind: 'attention', border: 'clamped', positionBias: true },
    {
      kind: 'bottleneck',
      channels: 8,
      reductionRatio: 2,
      reductionBias: false,
      epsilon: 1e-5,
      momentum: 0.9,
    },
  ];

  it.each(everyKind)('comes back from a saved model: %o', async (generator) => {
    const images = input({ shape: [null, null, 4] });
    const outputs = new Involution({ generator, groups: 2, seed: 3, name: 'inv' }).apply(images);
    const network = model({ inputs: images, outputs });
    const loaded = await loadLayersModel(io.fromMemory(await artifactsOf(network)));
    expect(loaded.getLayer('inv').getConfig()).toEqual(network.getLayer('inv').getConfig());
    const x = image();
    const [ours, theirs] = [network.predict(x) as Tensor[], loaded.predict(x) as Tensor[]];
    expect(await theirs[0]!.data()).toEqual(await ours[0]!.data());
  });

  it('writes a bottleneck as it always was, bits and all', async () => {
    const args = { groups: 2, kernelSize: 5, strides: 2, reductionRatio: 2, seed: 4, name: 'inv' };
    const layer = new Involution(args);
    expect(JSON.stringify(layer.getConfig())).toBe(
      '{"name":"inv","trainable":true,"channels":null,"groups":2,"kernelSize":5,"strides":2,"reductionRatio":2,"groupLayout":"interleaved","seed":4}',
    );
    const x = image(9, 7, 6, 3);
    const hash = createHash('sha256');
    const mix = async (tensors: Tensor[]) => {
      for (const each of tensors) hash.update(new Float32Array(await each.data()));
    };
    for (const training of [true, false]) await mix(layer.apply(x, { training }) as Tensor[]);
    await mix(grads((x: Tensor) => sum(square((layer.call(x, { training: true }) as [Tensor])[0])))([x]));
    for (const weight of layer.weights) hash.update(weight.originalName);
    await mix(layer.getWeights());
    // What the version before generators gave, on this backend, but that strides are averaged a side at a time.
    expect(hash.digest('hex').slice(0, 16)).toBe('6814f582258fb9ea');
  });

  it('takes its kind by name, with options, or as the bottleneck’s arguments', () => {
    const chosen = (args: InvolutionArgs) => {
      const { generator } = new Involution(args);
      return typeof generator === 'function' ? generator : [generator.kind.kind, generator.options];
    };
    expect(chosen({ generator: 'attention' })).toEqual([
      'attention',
      { border: 'masked', positionBias: false },
    ]);
    expect(chosen({ generator: { kind: 'attention', border: 'zero' } })).toEqual([
      'attention',
      { border: 'zero', positionBias: false },
    ]);
    const both = { channels: 6, reductionRatio: 3 };
    const inside = chosen({ generator: { kind: 'bottleneck', ...both } });
    expect(chosen({ ...both })).toEqual(inside);
    expect(chosen({ generator: 'bottleneck', ...both })).toEqual(inside);
    expect(new Involution(both)).toMatchObject(both);
    expect(new Involution({ generator: 'linear' })).toMatchObject({ channels: null, reductionRatio: null });
  });

  it.each<[object, string | RegExp]>([
    [
      { stride: 2 },
      /^an argument of Involution must be one of "generator", .* \(did you mean "strides"\?\), but is "stride"\.$/,
    ],
    [{ kernel_size: 2 }, 'did you mean "kernelSize"?'],
    [{ kernel: 2 }, 'did you mean "kernelSize"?'],
    [{ group_number: 2 }, 'did you mean "groups"?'],
    [{ channel: 2 }, 'did you mean "channels"?'],
    [{ ratio: 2 }, 'did you mean "reductionRatio"?'],
    [{ dilation: 2 }, /"weights", but is "dilation"\.$/],
    [
      { generator: 'convolution' },
      'generator must be one of "bottleneck", "linear", "static", "attention", "outlook", "filter-norm", "gaussian", "pairwise", but is "convolution".',
    ],
    [
      { generator: 3 },
      'generator must be the name of a kind, an object { kind, … } or a function, but is 3.',
    ],
    [
      { generator: { kind: 'attention', borders: 'zero' } },
      'an option of the generator "attention" must be one of "kind", "border", "positionBias" (did you mean "border"?), but is "borders".',
    ],
    [
      { generator: { kind: 'attention', border: 'none' } },
      'border must be one of "zero", "masked", "clamped", but is "none".',
    ],
    [{ generator: 'attention', reductionRatio: 2 }, 'an option of the generator "attention" must be one of'],
    [
      { generator: { kind: 'bottleneck', channels: 4 }, channels: 4 },
      'channels must be given once, to the layer or in its generator, but is 4.',
    ],
    [
      { generator: () => zeros([1]), channels: 4 },
      'channels must be left out when the generator is a function',
    ],
    [{ generator: { kind: 'gaussian', width: 0 } }, 'width must be a finite number above 0, but is 0.'],
    [{ generator: { kind: 'bottleneck', momentum: 2 } }, 'momentum must be a number from 0 to 1, but is 2.'],
    [
      { generator: 'outlook', strides: 2, name: 'a' },
      'a: strides must be 1 for the generator "outlook", but is 2.',
    ],
    [
      { generator: 'filter-norm', kernelSize: 1, name: 'a' },
      'a: kernelSize must be at least 2, as one weight',
    ],
  ])('refuses %o', (args, message) => {
    expect(() => new Involution(args as InvolutionArgs)).toThrow(message);
  });

  it('leaves its moving statistics alone when it is frozen, and normalises with them', async () => {
    for (const generator of ['bottleneck', 'pairwise'] as const) {
      const images = input({ shape: [6, 5, 4] });
      const layer = new Involution({ generator });
      const network = model({ inputs: images, outputs: layer.apply(images)[0] });
      const x = image();
      const statistics = async () =>
        (await Promise.all(layer.nonTrainableWeights.map((w) => w.read().data()))).join();
      const output = async (training: boolean) =>
        Array.from(await (network.apply(x, { training }) as Tensor).data());
      const before = await statistics();
      const inference = await output(false);
      layer.trainable = false;
      expect(await output(true)).toEqual(inference);
      layer.trainable = true;
      network.trainable = false;
      expect(await output(true)).toEqual(inference);
      network.trainable = true;
      expect(await output(true)).not.toEqual(inference);
      expect(await statistics()).not.toBe(before);
    }
  });

  it.each(everyKind)('of one group gives the same when nobody wants its kernels: %o', async (generator) => {
    const layer = new Involution({ generator, seed: 3 });
    const [output] = layer.apply(image());
    const [alone] = layer.apply(image(), { kernels: false });
    const [expected, received] = await Promise.all([output.data(), alone.data()]);
    for (const [i, value] of expected.entries()) expect(received[i]).toBeCloseTo(value, 5);
  });

  it('gives an empty batch of kernels when they are not wanted, of the shape that it promises', () => {
    const layer = new Involution({ generator: 'outlook', groups: 2 });
    const [output, none] = layer.apply(image(), { kernels: false });
    expect([output.shape, none.shape]).toEqual([
      [1, 6, 5, 4],
      [0, 6, 5, 25, 1, 2],
    ]);
  });
});

describe('explained', () => {
  it.each<[GeneratorInput, Record<string, number[]>]>([
    [
      { kind: 'bottleneck', reductionRatio: 2 },
      { pixel: [4], reduced: [2], normalized: [2], rectified: [2], kernel: [9, 1, 2] },
    ],
    [{ kind: 'linear' }, { pixel: [4], kernel: [9, 1, 2] }],
    [
      { kind: 'attention', border: 'clamped' },
      {
        ...{ pixel: [4], query: [4], keys: [25, 4], products: [25, 1, 2], scores: [25, 1, 2] },
        kernel: [25, 1, 2],
      },
    ],
    [{ kind: 'outlook' }, { pixel: [4], scores: [81, 1, 2], kernel: [25, 1, 2] }],
    [{ kind: 'filter-norm' }, { pixel: [4], logits: [9, 1, 2], kernel: [9, 1, 2] }],
    [
      { kind: 'pairwise', reductionRatio: 2 },
      { pixel: [4], own: [2], relations: [9, 4], hidden: [9, 2], scores: [9, 1, 2], kernel: [9, 1, 2] },
    ],
  ])('%o names its stages, and ends with the kernel', async (generator, shapes) => {
    const layer = new Involution({ generator, groups: 2, seed: 5 });
    const x = image();
    const [, kernels] = layer.apply(x);
    const before = memory().numTensors;
    const stages = await layer.explain(x, 2, 4);
    expect(memory().numTensors).toBe(before);
    expect(Object.fromEntries(stages.map(({ name, shape }) => [name, shape]))).toEqual(shapes);
    for (const { shape, values } of stages) expect(values.length).toBe(shape.reduce((a, b) => a * b, 1));
    const size = kernels.shape[3]! * 2;
    const at = (2 * 5 + 4) * size;
    expect(stages.at(-1)!.values).toEqual((await kernels.data()).slice(at, at + size));
    expect(stages[0]!.values).toEqual((await x.data()).slice((2 * 5 + 4) * 4, (2 * 5 + 5) * 4));
  });

  it.each(generatorNames)('%s has words for each of its stages, and for no other', async (kind) => {
    const layer = new Involution({ generator: { kind } as GeneratorInput, seed: 5 });
    layer.build([null, null, null, 4]);
    const [pixel, ...stages] = (await layer.explain(image(), 2, 2)).map(({ name }) => name);
    expect(pixel).toBe('pixel');
    expect(Object.keys(generatorKinds[kind].stages)).toEqual(stages);
  });

  it('a bottleneck goes from each stage to the next', async () => {
    const layer = new Involution({ kernelSize: 2, seed: 5 });
    layer.build([null, null, null, 4]);
    const stages = Object.fromEntries(
      (await layer.explain(image(), 1, 1)).map((each) => [each.name, each.values]),
    );
    const [w0, , , , w1] = await Promise.all(layer.getWeights().map((weight) => weight.data()));
    const times = (x: Float32Array, w: ArrayLike<number>, n: number) =>
      x.reduce((total, value, a) => total + value * w[a * 4 + n]!, 0);
    for (let n = 0; n < 4; n++) {
      expect(stages.reduced![n]).toBeCloseTo(times(stages.pixel!, w0!, n), 5);
      expect(stages.normalized![n]).toBeCloseTo(stages.reduced![n]! / Math.sqrt(1.001), 5);
      expect(stages.rectified![n]).toBe(Math.max(stages.normalized![n]!, 0));
      expect(stages.kernel![n]).toBeCloseTo(times(stages.rectified!, w1!, n), 5);
    }
  });

  it('a query’s products with its keys are the scores of attention', async () => {
    const layer = new Involution({ generator: 'attention', seed: 5 });
    layer.build([null, null, null, 4]);
    const stages = Object.fromEntries(
      (await layer.explain(image(), 0, 2)).map((each) => [each.name, each.values]),
    );
    const scores = Array.from({ length: 9 }, (_, tap) =>
      stages.query!.reduce((total, q, c) => total + q * stages.keys![tap * 4 + c]!, 0),
    );
    for (const [tap, score] of scores.entries()) expect(stages.products![tap]).toBeCloseTo(score, 5);
    // The first row lies beyond the image.
    const powers = scores.map((score, tap) => (tap < 3 ? 0 : Math.exp(score / 2)));
    const total = powers.reduce((a, b) => a + b);
    for (const [tap, power] of powers.entries()) expect(stages.kernel![tap]).toBeCloseTo(power / total, 5);
    for (const [tap, score] of scores.entries()) expect(stages.scores![tap]).toBeCloseTo(score / 2, 5);
  });

  it('a position bias is in the scores, whose softmax is the kernel', async () => {
    const layer = new Involution({
      generator: { kind: 'attention', positionBias: true },
      groups: 2,
      seed: 5,
    });
    layer.build([null, null, null, 4]);
    layer.setWeights(layer.getWeights().map((w, i) => randomUniform(w.shape, -1, 1, 'float32', i + 3)));
    const bias = await layer.getWeights()[4]!.data();
    const { products, scores, kernel } = Object.fromEntries(
      (await layer.explain(image(), 3, 2)).map((each) => [each.name, each.values]),
    );
    for (const group of [0, 1]) {
      const own = Array.from({ length: 9 }, (_, tap) => scores![2 * tap + group]!);
      const total = own.reduce((sum, score) => sum + Math.exp(score), 0);
      for (const [tap, score] of own.entries()) {
        expect(score).toBeCloseTo(products![2 * tap + group]! / Math.sqrt(2) + bias[2 * tap + group]!, 5);
        expect(kernel![2 * tap + group]).toBeCloseTo(Math.exp(score) / total, 5);
      }
    }
  });
});

describe('a trace of an image', () => {
  it.each<GeneratorInput>([
    { kind: 'attention', border: 'clamped' },
    { kind: 'outlook' },
    { kind: 'pairwise' },
  ])('is in strips what it is whole, and explains its pixels: %o', async (generator) => {
    const images = input({ shape: [null, null, 4] });
    const layer = new Involution({ generator, groups: 2, seed: 2, name: 'inv' });
    const network = model({ inputs: images, outputs: layer.apply(images)[0] });
    const x = image(15, 6);
    const activation = { height: 15, width: 6, channels: 4, values: (await x.data()) as Float32Array };
    const [traced] = await traceInvolutions(network, activation, { stripBytes: 1 });
    const [given, kernels] = layer.apply(x);
    const outputs = await given.data();
    const [sums, whole] = await Promise.all([sum(kernels, [3, 4]).data(), kernels.data()]);
    const summed = await tracedStatistic(network, traced!, 'sum', { stripBytes: 1 });
    for (const [i, value] of sums.entries()) expect(summed[i]).toBeCloseTo(value, 5);
    for (const [row, column] of [
      [0, 0],
      [7, 2],
      [14, 5],
    ] as const) {
      const { stages, kernel, neighbourhood, sums, output, groupOf } = await kernelAt(
        ...[network, traced!, row, column],
      );
      expect(stages.at(-1)).toEqual({ name: 'kernel', shape: [kernel.length / 2, 1, 2], values: kernel });
      expect([...stages[0]!.values]).toEqual([
        ...activation.values.subarray((row * 6 + column) * 4, (row * 6 + column + 1) * 4),
      ]);
      expect([...output].some((value, c) => Math.abs(value - sums[c]!) > 1e-3)).toBe(traced!.projects.output);
      const at = (row * 6 + column) * kernel.length;
      for (const [i, weight] of kernel.entries()) expect(weight).toBeCloseTo(whole[at + i]!, 5);
      for (let c = 0; c < 4; c++) {
        let total = 0;
        for (let tap = 0; tap < kernel.length / 2; tap++)
          total += kernel[2 * tap + groupOf[c]!]! * neighbourhood[4 * tap + c]!;
        expect(total).toBeCloseTo(sums[c]!, 5);
        expect(output[c]).toBeCloseTo(outputs[(row * 6 + column) * 4 + c]!, 5);
      }
    }
  });
});

describe('a picture of a kind', () => {
  it.each<GeneratorInput>([
    ...generatorNames.map((kind) => ({ kind })),
    { kind: 'attention', border: 'zero' },
    { kind: 'attention', border: 'clamped' },
    { kind: 'gaussian', normalize: false },
  ])('shows what varies, and knows which statistics can not: %o', async (generator) => {
    const images = input({ shape: [null, null, 4] });
    const layer = new Involution({ generator, groups: 2, name: 'inv' });
    const network = model({ inputs: images, outputs: layer.apply(images)[0] });
    layer.setWeights(layer.getWeights().map((w, i) => randomUniform(w.shape, 0.1, 1, 'float32', i + 3)));
    const x = image(6, 5);
    const activation = { height: 6, width: 5, channels: 4, values: (await x.data()) as Float32Array };
    const [traced] = await traceInvolutions(network, activation);
    const constant: string[] = [];
    for (const statistic of statisticNames) {
      const values = await tracedStatistic(network, traced!, statistic);
      if (statisticMap(values, traced!, statistic).constant !== null) constant.push(statistic);
    }
    // A pixel is wholly like itself, unless the kernel is divided by its sum.
    const alike = 'normalize' in generator ? ['centre'] : [];
    expect(constant).toEqual([...Object.keys(traced!.constants), ...alike]);
    if (generator.kind !== 'static') expect(constant).not.toContain(traced!.statistic);
  });
});

describe('a generator of one’s own', () => {
  const cosine: OwnGenerator = (x, { kernelSize, groups, weight }) => {
    const [batch, height, width, channels] = x.shape;
    const w = weight('directions', [channels, kernelSize ** 2 * groups]);
    const h = cos(matMul(reshape(x, [-1, channels]), w as Tensor2D));
    return reshape(h, [batch, height, width, kernelSize ** 2, 1, groups]);
  };

  it('makes the kernels, and owns weights of the layer that learn', async () => {
    const layer = new Involution({ generator: cosine, groups: 2, seed: 1, name: 'own' });
    const images = input({ shape: [6, 5, 4] });
    const pooled = layers
      .globalAveragePooling2d({ dataFormat: 'channelsLast' })
      .apply(layer.apply(images)[0]);
    const network = model({ inputs: images, outputs: pooled as SymbolicTensor });
    expect(layer.weights.map(({ originalName, shape }) => [originalName, shape])).toEqual([
      ['own/directions', [4, 18]],
    ]);
    network.compile({ optimizer: train.sgd(0.1), loss: 'meanSquaredError' });
    const losses: number[] = [];
    for (let step = 0; step < 5; step++)
      losses.push((await network.trainOnBatch(image(), zeros([1, 4]))) as number);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(layer.macs([null, 6, 5, 4])).toBeNull();
    const before = memory().numTensors;
    const [y, kernels] = layer.apply(image());
    expect([y.shape, kernels.shape]).toEqual([
      [1, 6, 5, 4],
      [1, 6, 5, 9, 1, 2],
    ]);
    dispose([y, kernels]);
    expect(memory().numTensors - before).toBe(1);
    expect((await layer.explain(image(), 0, 0)).map(({ name }) => name)).toEqual(['pixel', 'kernel']);
  });

  it('must return kernels, and can’t be saved', () => {
    const wrong = new Involution({ generator: (x) => add(mul(x, 2), 1), name: 'own' });
    expect(() => wrong.apply(input({ shape: [6, 5, 4] }))).toThrow(
      'own: what the generator returns must be of shape [1, 3, 3, 9, 1, 1], but is [1,3,3,4].',
    );
    expect(() => new Involution({ generator: cosine, name: 'own' }).getConfig()).toThrow(
      'own: generator must be one of the kinds when the layer is saved, since a file holds no function, but is "a function".',
    );
  });
});

async function artifactsOf(network: ReturnType<typeof model>): Promise<io.ModelArtifacts> {
  let artifacts!: io.ModelArtifacts;
  await network.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  return artifacts;
}
