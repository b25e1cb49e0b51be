import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getKernel, relu, square, tensor1d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assertSame } from '../../../src/cli/bench/peerReference';
import { profile } from '../../../src/cli/bench/profile';
import {
  isTable,
  layerReport,
  layerRow,
  machine,
  markdown,
  operatorRow,
  profileReport,
  stepReport,
  stepRow,
  tableText,
} from '../../../src/cli/bench/report';
import { median, quantile, spread } from '../../../src/cli/bench/statistics';
import { layerSubject, networkSubject, squareImages } from '../../../src/cli/bench/subject';
import type { Result } from '../../../src/cli/bench/tournament';
import { expandModels } from '../../../src/core/network/model';
import { startEngine } from '../../../src/engines/select';
import { involution } from '../support/involution';

// A test is several processes, one after another; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution bench '));
});
afterAll(() => rm(folder, { recursive: true }));

const bench = (...words: string[]) => involution(['bench', ...words]);

const quick = [
  '--engine',
  'wasm',
  '--model',
  'involution',
  '--batch-size',
  '4',
  '--rounds',
  '3',
  '--seconds',
  '0.01',
];

/** Ours takes 2, 3 and 10 ms; the peer always twice as long, whatever the machine does meanwhile. */
const result: Result = {
  ...{ engine: 'wasm', device: 'a processor', msPerStep: 3, spread: 4 },
  memory: { peakMemoryMB: 150, workingMemoryMB: 20 },
  peers: [{ name: 'Keras', msPerStep: 6, ratio: 0.5, memory: { peakMemoryMB: 900, workingMemoryMB: 80 } }],
};

describe('the statistics of bench', () => {
  it('are quantiles between the nearest two values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([10, 20], 0.25)).toBe(12.5);
    expect(spread([1, 2, 3, 4, 5])).toBe(2);
    expect(spread([7])).toBe(0);
  });
});

const subjectOf = (preset: string, batch: number) =>
  networkSubject('training', expandModels([preset])[0]!, squareImages(), batch);

describe('a subject of bench', () => {
  it('has a name for each layer, those of branches too', () => {
    const [model] = expandModels([{ preset: 'rednet', parameters: { stem: 'cifar' } }]);
    const { network, ...rest } = networkSubject('inference', model!, squareImages(64, 100), 4);
    expect(rest).toEqual({
      ...{ kind: 'inference', model: 'rednet', batch: 4, inputShape: [64, 64, 3], classes: 100 },
    });
    expect(network.layers.slice(0, 4)).toMatchObject([
      { kind: 'convolution', name: 'conv2d' },
      { kind: 'batch-norm', name: 'batch_normalization' },
      { kind: 'activation', name: 're_lu' },
      {
        ...{ kind: 'residual', name: 'add' },
        main: [{ name: 'conv2d_1' }, {}, {}, { kind: 'involution', name: 'involution' }, {}, {}, {}, {}],
        shortcut: [{ kind: 'convolution', name: 'conv2d_3' }, { kind: 'batch-norm' }],
      },
    ]);
  });

  it('is a layer of a generator with all its options, 16 channels in a group', () => {
    expect(layerSubject('attention', { channels: 32, kernelSize: 5 })).toMatchObject({
      ...{
        kind: 'layer',
        generator: 'attention',
        batch: 8,
        size: 56,
        channels: 32,
        kernelSize: 5,
        groups: 2,
      },
      network: {
        layers: [{ generator: { kind: 'attention', border: 'masked', positionBias: false }, groups: 2 }],
      },
    });
  });
});

describe('a peer', () => {
  const ready = { name: 'Keras', device: 'CPU', parameters: 10, difference: 1e-5 };
  it('is compared only where its network is ours', () => {
    expect(() => assertSame(ready, { parameters: 10 })).not.toThrow();
    expect(() => assertSame(ready, { parameters: 11 })).toThrow(
      "Keras has made a network of 10 parameters, ours has 11: their times can't be compared.",
    );
    expect(() => assertSame({ ...ready, difference: 0.02 }, { parameters: 10 })).toThrow(
      'another output than ours for the same weights, by 2.0 % of',
    );
    // NaN, in JSON.
    expect(() => assertSame({ ...ready, difference: null }, { parameters: 10 })).toThrow(
      'The network of Keras gives values that are no numbers for the same weights',
    );
  });
});

describe('the rows of bench', () => {
  it('give a step its images a second, and its memory beside that of peers', () => {
    expect(stepRow(subjectOf('involution', 256), result)).toEqual({
      ...{ engine: 'wasm', device: 'a processor', id: 'involution', model: 'involution' },
      ...{ pass: 'training', imageSize: 32, batch: 256, msPerStep: 3, spread: 4 },
      ...{ imagesPerSecond: 256_000 / 3, peakMemoryMB: 150 },
      peers: [{ name: 'Keras', msPerStep: 6, ratio: 0.5, peakMemoryMB: 900, memoryRatio: 1 / 6 }],
    });
  });

  it('say of a layer which generator it has', () => {
    const row = layerRow(layerSubject('outlook', { kernelSize: 3 }), result);
    expect(row).toMatchObject({ generator: 'outlook', kernelSize: 3, memoryMB: 20 });
    expect(layerReport([row]).rows).toEqual([
      [
        'outlook',
        'wasm',
        '8',
        '56',
        '64',
        '3',
        '4',
        '3.00',
        '4.00',
        '20.0',
        '6.00',
        '0.500',
        '80.0',
        '0.250',
      ],
    ]);
  });

  it('give the operator its time a multiply–accumulate and its memory', () => {
    const subject = {
      kind: 'operator',
      batch: 1,
      size: 10,
      channels: 10,
      kernelSize: 10,
      groups: 1,
    } as const;
    expect(operatorRow(subject, result)).toMatchObject({
      ...{ batch: 1, size: 10, channels: 10, kernelSize: 10, groups: 1, psPerMac: 10_000, memoryMB: 20 },
      peers: [{ name: 'Keras', ratio: 0.5, memoryMB: 80, memoryRatio: 0.25 }],
    });
  });

  it('become a table with a dash where a peer took no part', () => {
    const rows = [
      stepRow(subjectOf('involution', 256), result),
      stepRow(subjectOf('convolution', 8), { ...result, peers: [] }),
    ];
    expect(markdown(stepReport(rows))).toBe(
      [
        '| Model | Pass | Engine | Device | Size | Batch | ms/step | ± | images/s | Peak MB | Keras: ms | ratio | Peak MB | ratio |',
        '| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
        '| involution | training | wasm | a processor | 32 | 256 | 3.00 | 4.00 | 85,333 | 150 | 6.00 | 0.500 | 900 | 0.167 |',
        '| convolution | training | wasm | a processor | 32 | 8 | 3.00 | 4.00 | 2,667 | 150 | – | – | – | – |',
      ].join('\n'),
    );
  });
});

describe('the profile', () => {
  it('counts kernels, and takes its stopwatches off again', async () => {
    const engine = await startEngine('cpu');
    const before = getKernel('Relu', 'cpu').kernelFunc;
    const x = tensor1d([-1, 2]);
    const found = await profile(async () => {
      relu(square(x)).dispose();
      relu(x).dispose();
    }, 4);
    expect(getKernel('Relu', 'cpu').kernelFunc).toBe(before);
    const calls = Object.fromEntries(found.kernels.map(({ kernel, callsPerStep }) => [kernel, callsPerStep]));
    expect(calls).toEqual({ Relu: 2, Square: 1 });
    const inKernels = found.kernels.reduce((sum, { msPerStep }) => sum + msPerStep, 0);
    expect(inKernels).toBeGreaterThan(0);
    expect(inKernels).toBeLessThanOrEqual(found.msPerStep);
    expect(
      profileReport(found)
        .rows.map(([name]) => name)
        .slice(-2),
    ).toEqual(['between kernels', 'whole step']);
    await engine.dispose();
  });

  it('says what the kernels take that have no row of their own', () => {
    const kernels = [5, 3, 1, 0.5].map((msPerStep, i) => ({ kernel: `K${i}`, callsPerStep: 1, msPerStep }));
    expect(profileReport({ kernels, msPerStep: 10 }, 2).rows).toEqual([
      ['K0', '1', '5.000', '50.0 %'],
      ['K1', '1', '3.000', '30.0 %'],
      ['2 others', '', '1.500', '15.0 %'],
      ['between kernels', '', '0.500', '5.0 %'],
      ['whole step', '', '10.000', '100.0 %'],
    ]);
  });
});

describe('the profile of an engine that has a clock', () => {
  it('has the times of that', async () => {
    const engine = await startEngine('cpu');
    const x = tensor1d([-1, 2]);
    let running = 0;
    const found = await profile(
      async () => void relu(square(x)).dispose(),
      2,
      () => {
        running++;
        return async () => {
          running--;
          return 3;
        };
      },
    );
    expect(running).toBe(0);
    expect(found.kernels.map(({ kernel, msPerStep }) => [kernel, msPerStep])).toEqual(
      expect.arrayContaining([
        ['Relu', 3],
        ['Square', 3],
      ]),
    );
    await engine.dispose();
  });
});

describe('the command bench', () => {
  it('times an engine in a process of its own, with the memory that it took', async () => {
    const file = join(folder, 'table.md');
    const { code, out, err } = await bench(...quick, '--json', '--markdown', file);
    expect(code, err).toBe(0);
    const [row, ...more] = JSON.parse(out);
    expect(more).toEqual([]);
    expect(row).toEqual({
      engine: 'wasm',
      device: expect.stringContaining('SIMD'),
      id: 'involution',
      model: 'involution',
      pass: 'training',
      imageSize: 32,
      batch: 4,
      msPerStep: expect.any(Number),
      spread: expect.any(Number),
      imagesPerSecond: expect.any(Number),
      peakMemoryMB: expect.any(Number),
      peers: [],
    });
    expect(row.imagesPerSecond).toBeCloseTo(4000 / row.msPerStep, 6);
    expect(row.peakMemoryMB).toBeGreaterThan(30);
    const table = await readFile(file, 'utf8');
    expect(table).toContain('| involution | training | wasm |');
    // So the next one may replace it, unless somebody wrote something on it.
    expect(isTable(table)).toBe(true);
    for (const text of [`${table}Mine.\n`, `# Mine\n${table}`, table.slice(table.indexOf('\n\n') + 2), ''])
      expect(isTable(text), text).toBe(false);
    expect(
      isTable(tableText(`DRIN, on webgpu: ${machine()}`, profileReport({ kernels: [], msPerStep: 1 }))),
    ).toBe(true);
  });

  it.each([
    [
      'nowhere/table.md',
      /^involution: The folder .*nowhere of --markdown does not exist\. Make it first\.\n$/,
    ],
    ['.', /^involution: --markdown \. is a folder: name a file in it\.\n$/],
    [
      'notes.md',
      /^involution: --markdown notes\.md exists, and is not a table of this command: it would be lost\. Give another name, or delete it first\.\n$/,
    ],
  ])('measures nothing when its table has no place: %s', async (file, message) => {
    await writeFile(join(folder, 'notes.md'), '# Mine\n\n| a |\n| --- |\n| 1 |\n');
    const { code, out, err } = await involution(['bench', ...quick, '--markdown', file], folder);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
  });

  it('tells which peer could not take part, and why, and goes on without it', async () => {
    // Its reason comes after its output has ended.
    const python = join(folder, 'python');
    await writeFile(python, '#!/bin/sh\nexec >&-\nsleep 0.2\necho "No module named keras" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const { code, out, err } = await bench(...quick, '--json', '--peer', python);
    expect(code, err).toBe(0);
    expect(err).toContain('keras ended before it had answered: No module named keras');
    expect(JSON.parse(out)).toMatchObject([{ engine: 'wasm', peers: [] }]);
  });

  it('fails when nothing could be timed', async () => {
    const words = [
      'bench',
      '--engine',
      'tensorflow',
      '--model',
      'involution',
      '--batch-size',
      '4',
      '--rounds',
      '1',
    ];
    const { code, out, err } = await involution(words, folder, {
      INVOLUTION_LAB_CACHE: join(folder, 'cache'),
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('tensorflow ended before it had answered: ');
    expect(err).toContain('involution: Nothing could be timed; the lines above say why.\n');
  });

  it('times a forward pass of any network at any size', async () => {
    const words = ['--set', 'width=0.125', '--image-size', '64', '--classes', '7', '--inference'];
    const quickly = ['--engine', 'wasm', '--batch-size', '2', '--rounds', '1', '--seconds', '0.01', '--json'];
    const { code, out, err } = await bench('--model', 'rednet', ...words, ...quickly);
    expect(code, err).toBe(0);
    expect(err).toBe('rednet, inference, 2 of 64×64 …\n');
    expect(JSON.parse(out)).toMatchObject([{ model: 'rednet', pass: 'inference', imageSize: 64, batch: 2 }]);
  });

  it('times a layer alone', async () => {
    const words = ['--layer', 'attention', '--layer', 'static', '--image-size', '6', '--kernel-size', '3'];
    const quickly = ['--engine', 'cpu', '--batch-size', '1', '--rounds', '1', '--seconds', '0.01', '--json'];
    const { code, out, err } = await bench(...words, '--channels', '32', ...quickly);
    expect(code, err).toBe(0);
    const place = { batch: 1, size: 6, channels: 32, kernelSize: 3, groups: 2, peers: [] };
    expect(JSON.parse(out)).toMatchObject([
      { generator: 'attention', ...place },
      { generator: 'static', ...place },
    ]);
  });

  it.each([
    [
      ['--layer', 'attention', '--inference'],
      /^involution: --layer times a layer alone: .* Leave them out\.\n$/,
    ],
    [
      ['--kernel-size', '3'],
      /^involution: --kernel-size and --channels are those of a --layer\. Say which\.\n$/,
    ],
    [
      ['--operator', '--image-size', '8'],
      /^involution: --operator times the bare operator, at sizes of its own/,
    ],
    [['--layer', 'static', '--channels', '50'], /--channels must be a multiple of its 3 groups, but is 50/],
    [['--layer', 'magic'], /It must be one of bottleneck, linear, static, attention/],
    [['--model', 'rednet', '--image-size', '0'], /It must be 1 at least/],
    [
      ['--peer', '/nowhere/python'],
      /^involution: --peer can't be \/nowhere\/python: there is no such program\. Give the path of a Python that has Keras or PyTorch\.\n$/,
    ],
    [
      ['--batch-size', '100000000'],
      /100000000 images of 32×32×3 take 1144\.4 GB of memory; there are \d+\.\d GB here\. Choose a smaller --batch-size/,
    ],
  ])('refuses what says nothing of what is timed: %s', async (words, message) => {
    const { code, out, err } = await bench(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('shows where the time goes', async () => {
    const { code, out, err } = await bench(...quick, '--profile');
    expect(code, err).toBe(0);
    expect(out).toMatch(/^involution, training, 4 of 32×32, on wasm: /);
    expect(out).toMatch(/^AdamStep +1 +\d+\.\d{3} +\d+\.\d %$/m);
    expect(out).toMatch(/^whole step +\d+\.\d{3} +100\.0 %$/m);
  });
});
