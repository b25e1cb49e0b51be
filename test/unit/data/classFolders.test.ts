import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { skippedLines } from '../../../src/core/data/skipped';
import { textOf } from '../../../src/core/words';
import { listClassFolders } from '../../../src/node/data/classFolders';
import { loadDataset } from '../../../src/node/data/loadDataset';

/** Folders that can't be listed, and what they answer; and one that holds more files than a test could write. */
const unusual = vi.hoisted(() => ({ refused: new Map<string, string>(), full: '' }));
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...original,
    readdir: async (path: string, options: object) => {
      const code = unusual.refused.get(path);
      if (code) throw Object.assign(new Error(`${code}: no, scandir '${path}'`), { code });
      if (path !== unusual.full) return original.readdir(path, options as never);
      const isDirectory = () => false;
      return Array.from({ length: 130_000 }, (_, i) => ({ name: Buffer.from(`${i}.png`), isDirectory }));
    },
  };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution classes '));
  for (const name of ['cats', 'dogs/deep']) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'notes.txt'), 'x');
  }
});
afterEach(async () => {
  unusual.refused.clear();
  unusual.full = '';
  await rm(folder, { recursive: true });
});

describe('the class folders', () => {
  it('may hold any number of files', async () => {
    unusual.full = join(folder, 'dogs', 'deep');
    const { classes, files, skipped } = await listClassFolders(folder);
    expect([classes, skipped]).toEqual([['cats', 'dogs'], []]);
    expect(files).toHaveLength(130_001);
    expect(files.filter(({ label }) => label === 1)).toHaveLength(130_000);
  });

  it.each([
    ['EACCES', 'may not be read by this user (permission denied)'],
    ['EIO', "can't be read (EIO)"],
  ])('are told of when they can not be listed: %s', async (code, reason) => {
    unusual.refused.set(join(folder, 'dogs', 'deep'), code);
    const { files, skipped } = await listClassFolders(folder);
    expect(files).toEqual([{ path: 'cats/notes.txt', label: 0 }]);
    expect(skipped).toEqual([{ path: 'dogs/deep', reason }]);

    const load = () =>
      loadDataset({ kind: 'folder', path: folder, imageSize: 8, validationSplit: 0.2 }, { seed: 1 });
    unusual.refused.set(join(folder, 'cats'), code);
    await expect(load()).rejects.toThrow(
      `The class "cats" of ${folder} has no usable image; it needs at least two, one to train and one to validate with. Skipped: cats ${reason}.`,
    );
    unusual.refused.set(folder, code);
    await expect(load()).rejects.toThrow(
      `The image folder ${folder} ${reason}. Give a folder with one subfolder of images per class.`,
    );
  });
});

describe('a list of what was skipped', () => {
  const linesOf = (skipped: Parameters<typeof skippedLines>[0]) => skippedLines(skipped).map(textOf);

  it('has a line for each reason, however many files there are', () => {
    const empty = Array.from({ length: 130_000 }, (_, i) => ({ path: `a/${i}.png`, reason: 'is empty' }));
    const large = { path: 'b/scan.png', reason: 'is too large' };
    expect(linesOf([large, ...empty])).toEqual([
      '130,000 files: each is empty (a/0.png, a/1.png, a/2.png, …)',
      'b/scan.png: is too large',
    ]);
    expect(linesOf(empty.slice(0, 2))).toEqual(['2 files: each is empty (a/0.png, a/1.png)']);
    expect(linesOf([])).toEqual([]);
  });

  it('stays short where every file has a reason of its own', () => {
    const files = Array.from({ length: 500 }, (_, i) => ({ path: `${i}.png`, reason: `is damaged: ${i}` }));
    const lines = linesOf(files);
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe('480 more for other reasons');
  });
});
