import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { involution as runCommand } from '../support/involution';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution bilder '));
  for (const [name, count] of [
    ['cats', 5],
    ['dogs', 20],
  ] as const) {
    await mkdir(join(folder, 'pets', name), { recursive: true });
    for (let i = 0; i < count; i++)
      await sharp({ create: { width: 10, height: 10, channels: 3, background: { r: 9 * i, g: 90, b: 0 } } })
        .png()
        .toFile(join(folder, 'pets', name, `${i}.png`));
  }
  await writeFile(join(folder, 'pets', 'cats', 'broken.jpg'), 'x');
});
afterAll(() => rm(folder, { recursive: true }));

const involution = (...words: string[]) => runCommand(words, folder);

describe('involution data', () => {
  it('reports classes, balance and skipped files, and draws the first images', async () => {
    const { code, out, err } = await involution('data', 'pets', '--out', 'grid.png', '--image-size', '16');
    expect(code, err).toBe(0);
    expect(out).toMatch(/^pets: 16×16×3, image folder .*pets\nFingerprint [0-9a-f]{64}\n/);
    expect(out).toMatch(/^cats +4 +1$/m);
    expect(out).toMatch(/^dogs +16 +4$/m);
    expect(out).toMatch(/^total +20 +5$/m);
    expect(out).toContain(
      'The classes are unbalanced: the largest has 4.0 times the images of the smallest.',
    );
    expect(out).toContain(
      "Skipped 1:\n  cats/broken.jpg: is not an image, or of a format that can't be read",
    );
    expect(err).toMatch(/^Looking through .*pets\n/);
    expect(await sharp(join(folder, 'grid.png')).metadata()).toMatchObject({ format: 'png', width: 768 });
  });

  it.runIf(process.platform === 'linux')('says when no font is there to write with', async () => {
    await writeFile(join(folder, 'fonts.conf'), '<?xml version="1.0"?><fontconfig/>');
    const words = ['data', 'pets', '--out', 'boxes.png', '--json'];
    const { code, err } = await runCommand(words, folder, { FONTCONFIG_FILE: join(folder, 'fonts.conf') });
    expect(code).toBe(0);
    expect(err).toBe(
      "involution: no font is installed here, so the picture's words are empty boxes (fonts-dejavu-core has one).\n",
    );
  });

  it('says the same to a machine', async () => {
    const { out, err } = await involution('data', 'pets', '--json');
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      name: 'pets',
      imageShape: [32, 32, 3],
      trainCount: 20,
      validationCount: 5,
      classes: [
        { name: 'cats', train: 4, validation: 1 },
        { name: 'dogs', train: 16, validation: 4 },
      ],
      skipped: [{ path: 'cats/broken.jpg', reason: "is not an image, or of a format that can't be read" }],
    });
  });
});

describe('involution kernels', () => {
  it('draws untrained kernels, says so, and goes on past an image that is broken', async () => {
    const images = [join('pets', 'dogs', '7.png'), join('pets', 'cats', 'broken.jpg')];
    const { code, out, err } = await involution(
      'kernels',
      ...images,
      '--engine',
      'cpu',
      '--out',
      'kernels.png',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^involution: .*broken\.jpg is not an image, or of a format that can't be read\n$/m);
    expect(out).toBe(`${join(folder, 'kernels.png')}: Kernels of Involution, untrained\n`);
    expect(await sharp(join(folder, 'kernels.png')).metadata()).toMatchObject({ width: 748, height: 292 });
  });

  it('gives a machine the numbers, of one layer and group when asked to', async () => {
    const image = join('pets', 'dogs', '7.png');
    const words = ['--layer', 'inv_2', '--group', '0', '--size', 'native', '--engine', 'cpu', '--json'];
    const { code, out } = await involution('kernels', image, ...words);
    expect(code).toBe(0);
    const { images } = JSON.parse(out);
    expect(images).toHaveLength(1);
    expect(images[0]).toMatchObject({ image: join(folder, image), run: null, trained: false, epoch: 0 });
    const [layer] = images[0].layers;
    expect(layer).toMatchObject({ name: 'inv_2', height: 5, width: 5, kernelSize: 3, groups: 1, group: 0 });
    expect(layer.values).toHaveLength(25);
    expect(layer.minimum).toBe(Math.min(...layer.values));
  });

  it.each([
    [[], 'There is no image to show kernels of. Name image files, or --validation 10 for those of a run.'],
    [['a.png'], 'Say where the picture goes (--out kernels.png), or ask for --json.'],
    [['--validation', '3', '--json'], '--validation takes the images of a run: say which with --run.'],
    [
      ['a.png', '--json', '--checkpoint', '3'],
      '--checkpoint takes the network of a run: say which with --run.',
    ],
    [
      ['a.png', '--json', '--limit', '2'],
      '--limit is for the fixed scale: say --scale fixed too, or leave it out.',
    ],
    [
      ['a.png', '--json', '--run', 'latest', '--data', 'pets'],
      '--data and --anyway are for the validation images of a run: ask for some with --validation.',
    ],
  ])('says what is missing, or would be ignored: %j', async (words, message) => {
    expect(await involution('kernels', ...words)).toEqual({
      code: 2,
      out: '',
      err: `involution: ${message}\n`,
    });
  });

  it('says that there is no run', async () => {
    expect(await involution('kernels', 'a.png', '--json', '--run', 'latest')).toEqual({
      code: 1,
      out: '',
      err: 'involution: There is no run in ./.involution/runs. Train one first: involution train.\n',
    });
  });
});
