import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { involution as runCommand } from '../support/involution';

// A test is a process or several; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution pictures '));
  const pixels = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => (i * 7919) % 256);
  await sharp(pixels, { raw: { width: 40, height: 40, channels: 3 } })
    .png()
    .toFile(join(folder, 'a.png'));
});
afterAll(() => rm(folder, { recursive: true }));

const kernels = (...words: string[]) => runCommand(['kernels', 'a.png', '--engine', 'cpu', ...words], folder);
const layersOf = ({ out, err }: { out: string; err: string }) => {
  expect(err).toBe('');
  return JSON.parse(out).images[0].layers as Record<string, unknown>[];
};

describe('the kernels of a network that nobody trained', () => {
  it("are of a preset with its parameters, each layer's own statistic unless one is named", async () => {
    const attention = ['--model', 'attention', '--set', 'width=4,groups=2', '--seed', '3', '--json'];
    const [own, sums, again, other] = await Promise.all([
      kernels(...attention),
      kernels(...attention, '--statistic', 'sum', '--group', '1'),
      kernels(...attention),
      kernels(...attention.slice(0, 4), '--seed', '4', '--json'),
    ]);
    expect(JSON.parse(own.out)).toMatchObject({
      folder: null,
      images: [{ run: null, model: 'attention', trained: false, epoch: 0, prediction: [] }],
    });
    for (const layer of layersOf(own)) {
      expect(layer).toMatchObject({ statistic: 'entropy', group: 'all', groups: 2, constant: null });
      expect(layer.maximum).toBeLessThanOrEqual(Math.log2(9) + 1e-6);
    }
    for (const layer of layersOf(sums))
      expect(layer).toMatchObject({ statistic: 'sum', group: 1, constant: 1, minimum: expect.closeTo(1, 5) });
    expect(again.out).toBe(own.out);
    expect(layersOf(other)[0]!.values).not.toEqual(layersOf(own)[0]!.values);
  });

  it('are of a network in a file, and the figure has its name', async () => {
    const network = {
      name: 'mine',
      layers: [
        { kind: 'involution', kernelSize: 5, generator: { kind: 'filter-norm' } },
        { kind: 'flatten' },
        { kind: 'dense', units: 'classes' },
      ],
    };
    await writeFile(join(folder, 'mine.json'), JSON.stringify(network));
    const { code, out, err } = await kernels('--network', 'mine.json', '--title', 'Mine', '--out', 'k.png');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`${join(folder, 'k.png')}: Kernels of Mine, untrained\n`);
    const [layer] = layersOf(await kernels('--network', 'mine.json', '--json'));
    expect(layer).toMatchObject({ statistic: 'centre', kernelSize: 5 });
  });

  it('are refused where the question makes no sense, before anything is written', async () => {
    const wide = { name: 'wide', layers: [{ kind: 'involution', groups: 2 }] };
    await writeFile(join(folder, 'wide.json'), JSON.stringify(wide));
    const refusals: [string[], string][] = [
      [
        ['--model', 'convolution'],
        'The network "Convolution" has no involution, so it has no kernels to show.',
      ],
      [
        ['--model', 'involution', '--model', 'rednet'],
        'The kernels of one network are shown at a time: leave out all but one.',
      ],
      [
        ['--network', 'wide.json'],
        `wide.json: The network "wide" can't be built: layers[0] (involution): groups must be a divisor of its input's 3 channels, but is 2; layers[0] (involution): the last layer must give one logit for each of the 10 classes, but gives 32×32×3.`,
      ],
      [['--set', 'width=4'], '--set belongs to the --model before it, and there is none. Put it behind one.'],
      [['--checkpoint', '3'], '--checkpoint takes the network of a run: say which with --run.'],
      [
        ['--run', 'latest', '--seed', '3'],
        '--seed makes weights of a network that is not trained: leave it out, or --run.',
      ],
      [
        ['--run', 'latest', '--model', 'x', '--set', 'width=4'],
        '--set makes a network that is not trained: leave it out, or --run.',
      ],
      [
        ['--run', 'latest', '--model', 'x', '--model', 'y'],
        'The kernels of one model are shown at a time: say --model once.',
      ],
    ];
    await Promise.all(
      refusals.map(async ([words, message]) => {
        const { code, out, err } = await kernels(...words, '--json');
        expect({ code, out }, words.join(' ')).toEqual({ code: 2, out: '' });
        expect(err.trim().split('\n').at(0), words.join(' ')).toContain(message);
      }),
    );
    const misspelt = await kernels('--statistic', 'mean', '--json');
    expect([misspelt.code, misspelt.out]).toEqual([2, '']);
    expect(misspelt.err).toContain('Allowed choices are sum, entropy, centre, offset, deviation, norm.');
  });
});

describe('the validation images of a run', () => {
  const fixture = (name: string) =>
    fileURLToPath(new URL(`../../fixtures/version-1/${name}`, import.meta.url));
  const run = ['--run', fixture('runs/finished'), '--data', fixture('images')];

  it('are as many as are asked for', async () => {
    const { code, out, err } = await kernels(...run, '--validation', '6', '--layer', 'inv_3', '--json');
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out).images.map(({ image }: { image: string }) => image)).toEqual([
      join(folder, 'a.png'),
      ...[0, 1, 2, 3, 4, 5].map((i) => `validation/${i}`),
    ]);
  });

  it.each(['7', '99999999'])('are not %s where there are six, and nothing is computed', async (count) => {
    const refused = {
      code: 2,
      out: '',
      err: `involution: --validation ${count} asks for more images than there are: the run has 6 to validate with.\n`,
    };
    expect(await kernels(...run, '--validation', count, '--json')).toEqual(refused);
    if (count === '7')
      expect(await kernels(...run, '--validation', count, '--out', 'six.png')).toEqual(refused);
    expect(existsSync(join(folder, 'six.png'))).toBe(false);
  });
});
