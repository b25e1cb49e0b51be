import '@tensorflow/tfjs-backend-cpu';
import { dispose, io, memory, randomUniform, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { input, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Involution, type InvolutionArgs } from '../../../src/core/involution/layer';
import { involution, type Tensor6D } from '../../../src/core/involution/operator';

const unusual: InvolutionArgs = {
  channels: 8,
  groups: 2,
  kernelSize: 4,
  strides: 3,
  reductionRatio: 4,
  groupLayout: 'contiguous',
  seed: 0,
  name: 'unusual',
};

describe('the Involution layer', () => {
  it('has the documented defaults', () => {
    const { channels, groups, kernelSize, strides, reductionRatio, groupLayout } = new Involution();
    expect({ channels, groups, kernelSize, strides, reductionRatio, groupLayout }).toEqual({
      channels: null,
      groups: 1,
      kernelSize: 3,
      strides: 1,
      reductionRatio: 1,
      groupLayout: 'interleaved',
    });
  });

  it('owns its weights, in the order that is promised', () => {
    const layer = new Involution({ groups: 2, kernelSize: 5, channels: 6, reductionRatio: 2 });
    layer.build([null, null, null, 4]);
    expect(layer.getWeights().map(({ shape }) => shape)).toEqual([
      [1, 1, 4, 3],
      [3],
      [3],
      [3],
      [1, 1, 3, 50],
      [50],
      [3],
      [3],
    ]);
    expect(layer.trainableWeights).toHaveLength(6);
    expect(layer.countParams()).toBe(12 + 3 + 3 + 3 + 150 + 50 + 3 + 3);
  });

  it('comes back from its configuration', () => {
    const config = new Involution(unusual).getConfig();
    expect(config).toMatchObject(unusual);
    expect(Involution.fromConfig(Involution, config).getConfig()).toEqual(config);
  });

  it('comes back from a saved model, whatever its arguments', async () => {
    const images = input({ shape: [null, null, 4] });
    const outputs = new Involution(unusual).apply(images) as SymbolicTensor[];
    const network = model({ inputs: images, outputs });
    const loaded = await loadLayersModel(io.fromMemory(await artifactsOf(network)));
    const x = randomUniform([2, 7, 5, 4]);
    const [ours, theirs] = [network.predict(x) as Tensor[], loaded.predict(x) as Tensor[]];
    expect(loaded.getLayer('unusual').getConfig()).toEqual(network.getLayer('unusual').getConfig());
    expect(ours.map(({ shape }) => shape)).toEqual([
      [2, 3, 2, 4],
      [2, 3, 2, 16, 1, 2],
    ]);
    for (const [index, output] of ours.entries()) {
      expect(await theirs[index]!.data()).toEqual(await output.data());
    }
  });

  it.each([
    ['interleaved', 'contiguous', 2, false],
    ['interleaved', 'contiguous', 1, true],
    ['interleaved', 'contiguous', 4, false],
  ] as const)('tells %s from %s groups, but for one', async (one, other, groups, same) => {
    const x = randomUniform([1, 4, 4, 4], -1, 1, 'float32', 1) as Tensor;
    const outputs = [one, other].map((groupLayout) => {
      const layer = new Involution({ groups, groupLayout, seed: 1 });
      return (layer.apply(x) as Tensor[])[0]!;
    });
    const [a, b] = await Promise.all(outputs.map((output) => output.data()));
    expect(JSON.stringify(a) === JSON.stringify(b)).toBe(same);
  });

  it('takes images of any size and says what it makes of them', async () => {
    const layer = new Involution({ kernelSize: 7, strides: 2 });
    expect(layer.computeOutputShape([null, null, null, 3])).toEqual([
      [null, null, null, 3],
      [null, null, null, 49, 1, 1],
    ]);
    for (const [height, width] of [
      [1, 1],
      [2, 9],
      [31, 17],
    ] as const) {
      const shape = [2, height, width, 3];
      const outputs = layer.apply(zeros(shape)) as Tensor[];
      expect(outputs.map((output) => output.shape)).toEqual(layer.computeOutputShape(shape));
    }
  });

  it('draws the same weights from a seed, others from another, and not one for both kernels', async () => {
    const kernels = async (seed: number) => {
      const layer = new Involution({ kernelSize: 1, seed });
      layer.build([null, null, null, 4]);
      const weights = layer.getWeights();
      return Promise.all([weights[0]!.data(), weights[4]!.data()]);
    };
    const [a, again, other] = [await kernels(3), await kernels(3), await kernels(4)];
    expect(a).toEqual(again);
    expect(a).not.toEqual(other);
    expect(a[0].slice(0, 4)).not.toEqual(a[1].slice(0, 4));
  });

  it('keeps nothing of a call', () => {
    const layer = new Involution({ strides: 2 });
    const x = zeros([1, 5, 5, 2]);
    layer.build(x.shape);
    const before = memory().numTensors;
    for (const training of [true, false]) dispose(layer.apply(x, { training }) as Tensor[]);
    expect(memory().numTensors).toBe(before);
  });
});

describe('an argument that cannot be right', () => {
  const apply = (args: InvolutionArgs, shape: (number | null)[]) => () =>
    new Involution({ name: 'inv', ...args }).apply(input({ batchShape: shape }));
  const images = [null, 8, 8, 6];

  it.each([
    ['groups', { groups: 4 }, images, "inv: groups must be a divisor of the input's 6 channels, but is 4."],
    ['groups', { groups: 0 }, images, 'groups must be an integer of at least 1, but is 0.'],
    ['kernelSize', { kernelSize: 0 }, images, 'kernelSize must be an integer of at least 1, but is 0.'],
    ['kernelSize', { kernelSize: 2.5 }, images, 'kernelSize must be an integer of at least 1, but is 2.5.'],
    ['strides', { strides: -1 }, images, 'strides must be an integer of at least 1, but is -1.'],
    ['channels', { channels: 0 }, images, 'channels must be an integer of at least 1, but is 0.'],
    [
      'reductionRatio',
      { reductionRatio: 7 },
      images,
      'inv: reductionRatio must be at most the 6 channels, but is 7.',
    ],
    [
      'groupLayout',
      { groupLayout: 'blocked' as 'contiguous' },
      images,
      'groupLayout must be one of "interleaved", "contiguous", but is "blocked".',
    ],
    [
      'rank',
      {},
      [null, 8, 6],
      "inv: the input's shape must be of rank 4, [batch, height, width, channels], its channels known, but is [null,8,6].",
    ],
    [
      'channels unknown',
      {},
      [null, 8, 8, null],
      "inv: the input's shape must be of rank 4, [batch, height, width, channels], its channels known, but is [null,8,8,null].",
    ],
  ])('%s: %o', (_, args, shape, message) => {
    expect(apply(args, shape)).toThrow(message);
  });

  it('is refused before the input is known, when it can be', () => {
    expect(() => new Involution({ channels: 2, reductionRatio: 3 })).toThrow(
      /reductionRatio must be at most the 2/,
    );
  });

  it('is refused by the operator too', () => {
    const x = zeros([1, 4, 4, 4]) as never;
    const kernel = (...shape: number[]) => zeros(shape) as unknown as Tensor6D;
    expect(() => involution(zeros([4, 4, 4]) as never, kernel(1, 4, 4, 9, 1, 1))).toThrow(
      'x must be of rank 4',
    );
    expect(() => involution(x, kernel(1, 4, 4, 8, 1, 1))).toThrow(
      'kernel must be of shape [1, 4, 4, K·K, 1, groups], but is [1,4,4,8,1,1].',
    );
    expect(() => involution(x, kernel(1, 4, 4, 9, 1, 1), { strides: 2 })).toThrow(
      'kernel must be of shape [1, 2, 2, K·K, 1, groups], but is [1,4,4,9,1,1].',
    );
    expect(() => involution(x, kernel(1, 4, 4, 9, 1, 3))).toThrow(
      "groups (the last dimension of kernel) must be a divisor of x's 4 channels, but is 3.",
    );
    expect(() => involution(x, kernel(1, 4, 4, 9, 1, 1), { strides: 0 })).toThrow('strides must be');
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
