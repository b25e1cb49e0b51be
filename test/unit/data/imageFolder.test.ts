import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/core/data/dataset';
import { loadDataset } from '../../../src/node/data/loadDataset';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'involution daten-ü-')), 'pets');
});
afterEach(() => rm(dirname(folder), { recursive: true }));

async function file(path: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

const plain = (grey: number) =>
  sharp({ create: { width: 20, height: 12, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer();

/** Each image has a grey of its own, by which it is known again. */
async function images(name: string, greys: number[]): Promise<void> {
  for (const grey of greys) await file(`${name}/${String(grey).padStart(3, '0')}.png`, await plain(grey));
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

const load = (
  options: { seed?: number; imageSize?: number; validationSplit?: number; signal?: AbortSignal } = {},
) =>
  loadDataset(
    {
      kind: 'folder',
      path: folder,
      imageSize: options.imageSize ?? 8,
      validationSplit: options.validationSplit ?? 0.2,
    },
    { seed: options.seed ?? 42, signal: options.signal },
  );

function greys({ images, labels, count }: Dataset['train']): { grey: number; label: number }[] {
  const bytes = images.length / count;
  return Array.from({ length: count }, (_, i) => ({ grey: images[i * bytes]!, label: labels[i]! }));
}

describe('an image folder', () => {
  it('has a class a subfolder, in order of name, and what lies deeper belongs to it', async () => {
    await images('dogs', range(0, 10));
    await images('cats', range(100, 5));
    await images('cats/Persian', range(120, 5));
    const dataset = await load();
    expect(dataset).toMatchObject({
      name: 'pets',
      classes: ['cats', 'dogs'],
      imageShape: [8, 8, 3],
      skipped: [],
    });
    expect(dataset.source).toBe(`image folder ${folder}`);
    const all = [...greys(dataset.train), ...greys(dataset.validation)];
    for (const { grey, label } of all) expect(label).toBe(grey < 100 ? 1 : 0);
    expect(all.map(({ grey }) => grey).sort((a, b) => a - b)).toEqual([
      ...range(0, 10),
      ...range(100, 5),
      ...range(120, 5),
    ]);
  });

  it('holds out the same share of every class, chosen by the seed', async () => {
    await images('dogs', range(0, 30));
    await images('cats', range(100, 10));
    const first = await load({ validationSplit: 0.3 });
    const held = greys(first.validation);
    expect(held.filter(({ label }) => label === 0)).toHaveLength(3);
    expect(held.filter(({ label }) => label === 1)).toHaveLength(9);
    const again = await load({ validationSplit: 0.3 });
    expect(greys(again.validation)).toEqual(held);
    expect(again.fingerprint).toBe(first.fingerprint);
    const other = await load({ validationSplit: 0.3, seed: 43 });
    expect(greys(other.validation)).not.toEqual(held);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  it('has another fingerprint when a pixel or a label differs', async () => {
    await images('dogs', range(0, 3));
    await images('cats', range(100, 3));
    const { fingerprint } = await load();
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    await file('dogs/001.png', await plain(77));
    expect((await load()).fingerprint).not.toBe(fingerprint);
    await file('dogs/001.png', await plain(1));
    expect((await load()).fingerprint).toBe(fingerprint);
  });

  it('skips what can not be used, by name and reason, and leaves litter alone', async () => {
    await images('dogs', range(0, 5));
    await images('cats', range(100, 5));
    await file('cats/notes.txt', 'they sleep all day');
    await file('dogs/empty.jpg', '');
    await file('dogs/.DS_Store', 'x');
    await file('Thumbs.db', 'x');
    await file('README.md', '# pets');
    await symlink(join(folder, 'dogs'), join(folder, 'cats', 'ring'));
    const dataset = await load();
    expect(dataset.train.count + dataset.validation.count).toBe(10);
    expect(dataset.skipped).toEqual([
      { path: 'README.md', reason: 'lies in no class folder' },
      { path: 'cats/notes.txt', reason: "is not an image, or of a format that can't be read" },
      { path: 'cats/ring', reason: 'is a folder, not an image' },
      { path: 'dogs/empty.jpg', reason: 'is empty (0 bytes)' },
    ]);
  });

  it('may link to class folders elsewhere', async () => {
    await images('dogs', range(0, 3));
    const elsewhere = join(dirname(folder), 'elsewhere');
    await mkdir(elsewhere);
    for (const grey of [200, 201]) await writeFile(join(elsewhere, `${grey}.png`), await plain(grey));
    await symlink(elsewhere, join(folder, 'wolves'));
    expect((await load()).classes).toEqual(['dogs', 'wolves']);
  });

  it('must exist and have at least two classes', async () => {
    await expect(load()).rejects.toThrow(
      `The image folder ${folder} does not exist. Give a folder with one subfolder of images per class.`,
    );
    await images('dogs', [1, 2]);
    await expect(load()).rejects.toThrow(
      `The image folder ${folder} has 1 subfolder; a data set has 2 to 256, one per class, named after it.`,
    );
    folder = join(folder, 'dogs', '001.png');
    await expect(load()).rejects.toThrow(`${folder} is a file, not a folder.`);
    folder = dirname(dirname(folder));
  });

  it('needs two usable images of every class', async () => {
    await images('dogs', range(0, 5));
    await mkdir(join(folder, 'cats'));
    await expect(load()).rejects.toThrow(
      `The class "cats" of ${folder} has no usable image; it needs at least two, one to train and one to validate with.`,
    );
    await file('cats/broken.png', 'x');
    await file('cats/fine.png', await plain(9));
    await expect(load()).rejects.toThrow(
      `The class "cats" of ${folder} has only one usable image; it needs at least two, one to train and one to validate with. Skipped: cats/broken.png is not an image, or of a format that can't be read.`,
    );
  });

  it('can be cancelled', async () => {
    await images('dogs', range(0, 20));
    await images('cats', range(100, 20));
    const abort = new AbortController();
    const loading = load({ signal: abort.signal });
    abort.abort();
    await expect(loading).rejects.toThrow(/abort/i);
  });

  it('reports its progress', async () => {
    await images('dogs', range(0, 3));
    await images('cats', range(100, 3));
    const reports: { message: string; fraction: number | null }[] = [];
    await loadDataset(
      { kind: 'folder', path: folder, imageSize: 8, validationSplit: 0.5 },
      { seed: 1, onProgress: (progress) => reports.push(progress) },
    );
    expect(reports[0]!.message).toBe(`Looking through ${folder}`);
    expect(reports.at(-1)).toEqual({ message: 'Reading images: 6 of 6', fraction: 1 });
  });
});

describe('what else lies about in an image folder', () => {
  const pets = async () => {
    await images('dogs', range(0, 3));
    await images('cats', range(100, 3));
  };

  it.each([
    '__MACOSX',
    '$RECYCLE.BIN',
    'System Volume Information',
    'lost+found',
    '@eaDir',
    '#recycle',
    '.git',
    '.ipynb_checkpoints',
    '.Trash-1000',
  ])('is no class, and no picture within one: %s', async (name) => {
    await pets();
    const { fingerprint } = await load();
    await images(name, [200, 201]);
    await images(`cats/${name}`, [202, 203]);
    expect(await load()).toMatchObject({ fingerprint, classes: ['cats', 'dogs'], skipped: [] });
  });

  it.each(['Thumbs.db', 'desktop.ini', '.DS_Store', '._100.png', 'Icon\r'])(
    'is no picture, and no reason to speak of it: %j',
    async (name) => {
      await pets();
      await file(name, 'x');
      await file(`cats/${name}`, await plain(5));
      const { train, validation, skipped } = await load();
      expect([train.count + validation.count, skipped]).toEqual([6, []]);
    },
  );

  it.each([
    [['train', 'test'], '"test", "train"'],
    [['Training', 'Validation', 'Test'], '"Test", "Training", "Validation"'],
    [['train'], '"train"'],
    [['train', 'val', 'notes'], '"train", "val"'],
  ])('is not taken for classes when it is a split: %j', async (parts, named) => {
    for (const part of parts) {
      folder = join(folder, part);
      if (part === 'notes') await images('.', [1]);
      else await pets();
      folder = dirname(folder);
    }
    const training = parts.find((part) => part.toLowerCase().startsWith('train'))!;
    await expect(load()).rejects.toThrow(
      `The subfolders ${named} of ${folder} are the parts of a data set that is split already, not classes. Give one of them, as ${join(folder, training)}; what is held out for validation is drawn from it.`,
    );
    folder = join(folder, training);
    expect((await load()).classes).toEqual(['cats', 'dogs']);
    folder = dirname(folder);
  });

  it('may be a class called "train" beside other vehicles', async () => {
    await images('train', range(0, 3));
    await images('bus', range(100, 3));
    expect((await load()).classes).toEqual(['bus', 'train']);
  });

  it('may be the classes, one folder further down', async () => {
    folder = join(folder, 'pets');
    await pets();
    folder = dirname(folder);
    await expect(load()).rejects.toThrow(
      `named after it. If the classes are the subfolders of ${join(folder, 'pets')}, give that folder.`,
    );
  });

  it.runIf(process.platform === 'linux')('may have names that are not UTF-8', async () => {
    await pets();
    // The folder's own path is UTF-8: only what follows it is not.
    const named = (path: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
    await writeFile(named('cats/café.png'), await plain(9));
    await writeFile(named('été.png'), await plain(9));
    const reason = "has a name that is not UTF-8 text, so it can't be opened; rename it";
    expect(await load()).toMatchObject({
      classes: ['cats', 'dogs'],
      skipped: [
        { path: '\\xe9t\\xe9.png', reason },
        { path: 'cats/caf\\xe9.png', reason },
      ],
    });
    await mkdir(named('vögel'));
    await expect(load()).rejects.toThrow(
      `The name of the class folder "v\\xf6gel" in ${folder} is not UTF-8 text, so it can't be opened. Rename it.`,
    );
  });

  it.runIf(process.platform === 'linux')('may be two names that look the same', async () => {
    await pets();
    await images('Bär'.normalize('NFC'), [1, 2]);
    await images('Bär'.normalize('NFD'), [3, 4]);
    await expect(load()).rejects.toThrow(
      `Two class folders of ${folder} are both called "Bär": their names differ only in spaces at the end or in how accents are encoded.`,
    );
  });

  it('may be links that lead nowhere, to themselves, or back', async () => {
    await pets();
    await symlink(folder, join(folder, 'all'));
    await symlink('..', join(folder, 'up'));
    await symlink('nowhere', join(folder, 'birds'));
    await symlink('ring', join(folder, 'ring'));
    expect(await load()).toMatchObject({
      classes: ['cats', 'dogs'],
      skipped: [
        { path: 'all', reason: 'is a link to the folder that it lies in' },
        { path: 'birds', reason: 'is a link to what does not exist' },
        { path: 'ring', reason: 'is a link that leads back to itself' },
        { path: 'up', reason: 'is a link to the folder that it lies in' },
      ],
    });
  });
});

describe('the built-in shapes', () => {
  it('load from a seed into memory that threads can share', async () => {
    const spec = { kind: 'shapes', trainCount: 50, validationCount: 20 } as const;
    const dataset = await loadDataset(spec, { seed: 7 });
    expect([dataset.train.count, dataset.validation.count, dataset.classes.length]).toEqual([50, 20, 10]);
    expect(dataset.train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(dataset.source).toBe('drawn from seed 7');
    expect((await loadDataset(spec, { seed: 7 })).fingerprint).toBe(dataset.fingerprint);
    expect((await loadDataset(spec, { seed: 8 })).fingerprint).not.toBe(dataset.fingerprint);
  });
});
