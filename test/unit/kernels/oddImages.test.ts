import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkFigureFile, writeFigure } from '../../../src/cli/writeFigure';
import { type FigureRow, kernelFigure, largestTile, mostRows } from '../../../src/core/kernels/figure';
import { shrunkMap, shrunkTile } from '../../../src/core/kernels/shrink';
import { UsageError } from '../../../src/core/usageError';
import { figurePng } from '../../../src/node/images/figurePng';
import { involution as runCommand } from '../support/involution';

// A test is a process or several; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution odd '));
});
afterAll(() => rm(folder, { recursive: true }));

const involution = (...words: string[]) => runCommand(words, folder);

async function picture(name: string, width: number, height: number): Promise<string> {
  await sharp({ create: { width, height, channels: 3, background: '#205080' } })
    .png()
    .toFile(join(folder, name));
  return name;
}

describe('a figure of many images, some of them odd', () => {
  it('leaves those out with their name and reason, draws the rest, and fails', async () => {
    const good = [await picture('a.png', 12, 10), await picture('z.png', 10, 12)];
    const odd = [
      await picture('one.png', 1, 1),
      await picture('flat.png', 40, 3),
      await picture('huge.png', 8000, 6000),
    ];
    await mkdir(join(folder, 'folder.png'));
    await writeFile(join(folder, 'empty.png'), '');
    const images = [good[0]!, ...odd, 'missing.png', 'folder.png', 'empty.png', good[1]!, good[1]!];
    const words = ['--size', 'native', '--engine', 'cpu'];
    const { code, out, err } = await involution('kernels', ...images, ...words, '--out', 'figure.png');
    const needs = (size: string) =>
      `is ${size} pixels; at native resolution the network needs 4×4, or nothing is left for its layer inv_3. Show it at the network's size, or enlarge it first.`;
    expect(err.trim().split('\n')).toEqual(
      [
        ['one.png', needs('1×1')],
        ['flat.png', needs('40×3')],
        [
          'huge.png',
          "is 8000×6000 pixels, more than the 25 million that can be shown at native resolution. Show it at the network's size, or shrink it first.",
        ],
        ['missing.png', 'does not exist'],
        ['folder.png', 'is a folder, not an image'],
        ['empty.png', 'is empty (0 bytes)'],
      ].map(([name, reason]) => `involution: ${join(folder, name!)} ${reason}`),
    );
    expect(code).toBe(1);
    expect(out).toBe(`${join(folder, 'figure.png')}: Kernels of Involution, untrained\n`);
    // Three rows: one of the images was given twice.
    expect(await sharp(join(folder, 'figure.png')).metadata()).toMatchObject({ width: 748, height: 732 });
    // A figure may be drawn anew, and no other file is left.
    expect((await involution('kernels', good[0]!, '--engine', 'cpu', '--out', 'figure.png')).code).toBe(0);
    expect((await readdir(folder)).filter((name) => name.includes('figure'))).toEqual(['figure.png']);
  });

  it('prints the rest for a machine, too', async () => {
    await picture('b.png', 12, 10);
    const { code, out } = await involution(
      'kernels',
      'missing.png',
      'b.png',
      'b.png',
      '--engine',
      'cpu',
      '--json',
    );
    expect(code).toBe(1);
    const { images } = JSON.parse(out);
    expect(images.map(({ image }: { image: string }) => image)).toEqual([
      join(folder, 'b.png'),
      join(folder, 'b.png'),
    ]);
    expect(images[1].layers.map(({ values }: { values: number[] }) => values.length)).toEqual([
      1024, 256, 64,
    ]);
    const none = await involution('kernels', 'missing.png', '--engine', 'cpu', '--json');
    expect([none.code, JSON.parse(none.out)]).toEqual([1, { folder: null, images: [] }]);
  });

  it('has room for so many rows, and shrinks its tiles to it', async () => {
    const values = Float32Array.of(1);
    const shown = { width: 1, height: 1, values, statistic: 'sum', constant: null } as const;
    const map = { layer: 'inv_1', map: shown };
    const row = (side: number): FigureRow => ({
      captions: [],
      picture: { width: side, height: side, rgba: new Uint8Array(4 * side * side) },
      maps: [map],
    });
    const options = { title: 'T', colorMap: 'viridis', scale: 'image' } as const;
    const full = kernelFigure(new Array(mostRows).fill(row(600)), options);
    expect(full.height).toBeLessThanOrEqual(32_767);
    expect(full.tiles[0]!.width).toBe(160);
    const drawn = await sharp(await figurePng({ ...full, tiles: [] })).metadata();
    expect([drawn.width, drawn.height]).toEqual([full.width, full.height]);
    const some = kernelFigure(new Array(100).fill(row(600)), options);
    expect(some.tiles[0]!.width).toBeGreaterThan(200);
    expect(some.height).toBeLessThanOrEqual(32_767);
    const few = kernelFigure(new Array(3).fill(row(600)), options);
    expect(few.tiles[0]!.width).toBe(512);

    const many = new Array(mostRows + 1).fill('a.png');
    expect(await involution('kernels', ...many, '--out', 'many.png')).toEqual({
      code: 2,
      out: '',
      err: `involution: A picture has room for ${mostRows} images; these are ${mostRows + 1}. Take fewer at a time, or --json.\n`,
    });
  });

  it('holds no row larger than it is drawn, on the scale of the whole map', () => {
    const values = Float32Array.from({ length: 1024 * 512 }, (_, i) => (i % 2 === 0 ? 0 : 2));
    values[0] = Number.NaN;
    values[7] = 1000;
    const small = shrunkMap(
      {
        ...{ statistic: 'sum', width: 1024, height: 512, values, minimum: 0, maximum: 1000 },
        constant: null,
      },
      largestTile,
    );
    expect([small.width, small.height, small.values.length]).toEqual([512, 256, 512 * 256]);
    // Of the first box of four one value is no number: (2 + 0 + 2) / 3.
    expect(small.values[0]).toBeCloseTo(4 / 3, 5);
    expect(small.values[3]).toBeCloseTo((0 + 1000 + 0 + 2) / 4, 3);
    expect(small.values.at(-1)).toBe(1);
    const wide = shrunkTile({ width: 3, height: 1, rgba: Uint8Array.from({ length: 12 }, (_, i) => i) }, 512);
    expect([...wide.rgba]).toEqual(Array.from({ length: 12 }, (_, i) => i));
    const row = {
      captions: [],
      picture: wide,
      maps: [{ layer: 'inv_1', map: small, extent: [0, 1000] as const }],
    };
    expect(kernelFigure([row], { title: '', colorMap: 'viridis', scale: 'image' }).svg).toContain('>1000<');
  });
});

describe('the file that a figure goes to', () => {
  const usage = async (file: string, inputs: string[], message: RegExp) => {
    const error = await checkFigureFile(file, inputs).catch((problem: unknown) => problem);
    expect(error, file).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
  };

  it('is none of the images, by whatever name or link', async () => {
    const good = join(folder, await picture('good.png', 9, 9));
    const before = await readFile(good);
    const { code, err } = await involution('kernels', 'good.png', '--out', './good.png');
    expect([code, err]).toEqual([
      2,
      'involution: --out ./good.png is what the figure is made from (good.png). Give it another name.\n',
    ]);
    await symlink(good, join(folder, 'linked.png'));
    await link(good, join(folder, 'hard.png'));
    await mkdir(join(folder, 'real'));
    await symlink(folder, join(folder, 'real', 'up'));
    for (const other of [
      'linked.png',
      'hard.png',
      join('real', 'up', 'good.png'),
      join('real', '..', 'good.png'),
    ])
      await usage(join(folder, other), [good], /is what the figure is made from/);
    await usage(good, [join(folder, 'linked.png')], /is what the figure is made from/);
    await usage(join(folder, 'absent.png'), [join(folder, 'absent.png')], /is what the figure is made from/);
    expect(await readFile(good)).toEqual(before);
  });

  it('lies in no data set', async () => {
    const data = join(folder, 'pets');
    await mkdir(join(data, 'cats'), { recursive: true });
    await symlink(join(data, 'cats'), join(folder, 'kitten'));
    for (const file of [
      join(data, 'grid.png'),
      join(data, 'cats', 'grid.png'),
      join(folder, 'kitten', 'grid.png'),
    ])
      await usage(file, [data], /whose files are taken for images\. Give it another place\.$/);
    await checkFigureFile(join(folder, 'pets.png'), [data]);
  });

  it('is named as what it holds', async () => {
    const { code, err } = await involution('kernels', 'a.png', '--out', 'k.jpg');
    expect([code, err]).toEqual([2, 'involution: A figure is written as a PNG: k.jpg should end in .png.\n']);
    await usage(join(folder, 'k.svg'), [], /should end in \.png/);
    for (const name of ['k.png', 'K.PNG', 'k']) await checkFigureFile(join(folder, name), []);
  });

  it('is nothing but an earlier figure', async () => {
    const photo = join(folder, await picture('photo.png', 9, 9));
    const notes = join(folder, 'notes.png');
    await writeFile(notes, 'mine');
    for (const file of [photo, notes])
      await expect(checkFigureFile(file, [])).rejects.toThrow(
        `--out ${file} exists, and is not a figure of this program: it would be lost. Give another name, or delete it first.`,
      );
    await expect(checkFigureFile(folder, [])).rejects.toThrow(
      `--out ${folder} is a folder: name a file in it.`,
    );
    await writeFile(join(folder, 'touched.png'), '');
    await checkFigureFile(join(folder, 'touched.png'), []);
  });

  it('has a folder that is there, which is known before anything is computed', async () => {
    const { code, out, err } = await involution('data', 'shapes', '--out', join('nowhere', 'k.png'));
    expect([code, out, err]).toEqual([
      1,
      '',
      `involution: The folder ${join(folder, 'nowhere')} of --out does not exist. Make it first.\n`,
    ]);
  });

  it.runIf(process.platform === 'linux')(
    'has a folder that takes it, which is known before, too',
    async () => {
      // Not even root's permissions help where the file system takes no files.
      await expect(checkFigureFile('/proc/k.png', [])).rejects.toThrow(/^\/proc can't be written: /);
    },
  );

  it('is there as a whole or not at all, and why not is said', async () => {
    const figure = kernelFigure(
      [{ captions: [], picture: { width: 1, height: 1, rgba: new Uint8Array(4) }, maps: [] }],
      {
        title: '',
        colorMap: 'viridis',
        scale: 'image',
      },
    );
    const gone = join(folder, 'gone', 'k.png');
    await expect(writeFigure(figure, gone)).rejects.toThrow(
      `${gone} can't be written: it does not exist. Bring it back, or choose another path.`,
    );
    if (process.platform === 'linux')
      await expect(writeFigure(figure, '/dev/full')).rejects.toThrow(
        "/dev/full can't be written: the disk is full. Make room.",
      );
    // A folder came to be where the file should go.
    await mkdir(join(folder, 'late', 'k.png', 'more'), { recursive: true });
    await expect(writeFigure(figure, join(folder, 'late', 'k.png'))).rejects.toThrow(
      /k\.png can't be written: /,
    );
    expect(await readdir(join(folder, 'late'))).toEqual(['k.png']);
  });
});
