import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explained, FileError, irregular } from '../../../src/node/files/explain';
import { PlainFolder } from '../../../src/node/files/plainFolder';
import { isTemporary, temporaryName } from '../../../src/node/files/temporary';
import { arm, disarm, type Fault } from '../../worker/support/faults.mjs';

let base: string;
let outside: string;
let folder: PlainFolder;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution files '));
  outside = join(base, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), 'private');
  await mkdir(join(base, 'inside'));
  folder = new PlainFolder(join(base, 'inside'));
});
afterEach(() => rm(base, { recursive: true }));

/** Nothing outside was written, added or removed. */
async function expectOutsideUntouched(): Promise<void> {
  expect(await readdir(outside)).toEqual(['secret']);
  expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('private');
}

const isALink =
  /can't be (read|written|made|renamed|removed): it is a link, and links are not followed here\. Put the file/;

describe('a folder of plain files', () => {
  it('gives back what was written, by every way', async () => {
    await folder.makeFolder('a/b');
    await folder.write('a/b/new', 'one');
    await folder.replace('a/b/new', 'two');
    await folder.create('a/other', Buffer.from([0, 255]));
    const log = await folder.openToAppend('a/log');
    await log.appendFile('line\n');
    await log.close();
    expect(await folder.readText('a/b/new', 3)).toBe('two');
    expect([...(await folder.read('a/other', 2))]).toEqual([0, 255]);
    expect(await folder.readText('a/log', 99)).toBe('line\n');
    await folder.rename('a/b', 'c');
    expect((await folder.list()).map(({ name }) => name).sort()).toEqual(['a', 'c']);
    await folder.remove('c');
    await folder.remove('c');
    expect(await folder.has('c')).toBe(false);
    expect(await folder.list('c')).toEqual([]);
  });

  it('makes a file once, and says when it is there', async () => {
    await folder.create('lock', 'mine');
    await expect(folder.create('lock', 'yours')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(join(folder.path, 'lock'), 'utf8')).toBe('mine');
    expect(await readdir(folder.path)).toEqual(['lock']);
  });

  it('reads no more than it may', async () => {
    await folder.write('large', 'x'.repeat(101));
    await expect(folder.read('large', 100)).rejects.toThrow(
      "large can't be read: it has more than 100 bytes, which is too much. Restore it from a copy, or remove it.",
    );
    expect(await folder.read('large', 101)).toHaveLength(101);
  });

  it.each(['..', '../outside/secret', 'a/../../outside', '/etc/passwd', './x', 'a\0b'])(
    'has no name like %j',
    async (name) => {
      await expect(folder.read(name, 10)).rejects.toThrow('is no name below a folder');
      await expect(folder.replace(name, '')).rejects.toThrow('is no name below a folder');
    },
  );

  it('follows no link to a file, whatever is wanted of it', async () => {
    await symlink(join(outside, 'secret'), join(folder.path, 'link'));
    await symlink(join(outside, 'new'), join(folder.path, 'to nowhere'));
    for (const name of ['link', 'to nowhere']) {
      await expect(folder.read(name, 99)).rejects.toThrow(isALink);
      await expect(folder.open(name)).rejects.toThrow(isALink);
      await expect(folder.openToAppend(name)).rejects.toThrow(isALink);
      await expect(folder.renew(name)).rejects.toThrow(isALink);
      await expect(folder.write(name, 'x')).rejects.toThrow(isALink);
      await expect(folder.rename(name, 'other')).rejects.toThrow(isALink);
      await expect(folder.create(name, 'x')).rejects.toMatchObject({ code: 'EEXIST' });
    }
    await expectOutsideUntouched();
    // The link gives way to a file of its own, or goes itself.
    await folder.replace('link', 'x');
    await folder.remove('to nowhere');
    expect(await folder.readText('link', 9)).toBe('x');
    expect(await readdir(folder.path)).toEqual(['link']);
    await expectOutsideUntouched();
  });

  it('follows no link to a folder on the way, and removes none of what it leads to', async () => {
    await symlink(outside, join(folder.path, 'model'));
    await mkdir(join(folder.path, 'real'));
    await symlink(outside, join(folder.path, 'real', 'epoch'));
    for (const name of ['model', 'real/epoch']) {
      await expect(folder.read(`${name}/secret`, 99)).rejects.toThrow(isALink);
      await expect(folder.openToAppend(`${name}/secret`)).rejects.toThrow(isALink);
      await expect(folder.replace(`${name}/secret`, '')).rejects.toThrow(isALink);
      await expect(folder.create(`${name}/new`, '')).rejects.toThrow(isALink);
      await expect(folder.write(`${name}/new`, '')).rejects.toThrow(isALink);
      await expect(folder.makeFolder(`${name}/new`)).rejects.toThrow(isALink);
      await expect(folder.makeFolder(name)).rejects.toThrow(isALink);
      await expect(folder.list(name)).rejects.toThrow(isALink);
      await expect(folder.removeLeftovers(name)).rejects.toThrow(isALink);
      await expect(folder.remove(`${name}/secret`)).rejects.toThrow(isALink);
      await expect(folder.rename('real', `${name}/real`)).rejects.toThrow(isALink);
      await folder.remove(name);
    }
    await expectOutsideUntouched();
  });

  if (process.platform !== 'win32')
    it('does not wait for a pipe, nor read or fill a device', async () => {
      execFileSync('mkfifo', [join(folder.path, 'pipe')]);
      await mkdir(join(folder.path, 'folder'));
      for (const name of ['pipe', 'folder']) {
        await expect(folder.read(name, 99)).rejects.toThrow(/can't be read: something else is in its place/);
        await expect(folder.openToAppend(name)).rejects.toThrow(/can't be written: something else is in its/);
      }
      const devices = new PlainFolder('/dev');
      await expect(devices.read('zero', 99)).rejects.toThrow("/dev/zero can't be read: something else is");
      await expect(devices.openToAppend('null')).rejects.toThrow(
        "/dev/null can't be written: something else",
      );
    });

  it('is what was chosen, through a link too', async () => {
    await symlink(folder.path, join(base, 'way'));
    const sameFolder = new PlainFolder(join(base, 'way'));
    await sameFolder.replace('file', 'x');
    expect(await folder.readText('file', 1)).toBe('x');
  });
});

describe('what writers that died left', () => {
  const uuid = '0d4a7b0e-9d1c-4b62-8a8e-2f5b1f3c9a77';
  it('is removed, that of earlier versions too; everything else stays', async () => {
    const left = [
      temporaryName(),
      `.epoch-0003-${uuid}`,
      `.epoch-0003-batch-12-${uuid}`,
      `.removed-${uuid}`,
      `.2026-11-24_08-15-02_shapes_inn-cnn-${uuid}`,
      'label.json.0a1b2c3d.tmp',
    ];
    const kept = ['.gitignore', 'epoch-0003', 'label.json', `.${uuid}.tmp`, 'lock', '.epoch-notes', 'a.tmp'];
    for (const name of [...left, ...kept]) await mkdir(join(folder.path, name, 'in it'), { recursive: true });
    expect(left.map(isTemporary)).toEqual(left.map(() => true));
    await folder.removeLeftovers();
    expect((await readdir(folder.path)).sort()).toEqual([...kept].sort());
  });

  it('does not stop a writer that lives, whose file is taken for left behind', async () => {
    const work = Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await folder.replace(`file ${i}`, String(i));
        await folder.removeLeftovers();
      }),
    );
    await work;
    for (let i = 0; i < 20; i++) expect(await folder.readText(`file ${i}`, 2)).toBe(String(i));
    expect(await readdir(folder.path)).toHaveLength(20);
  });
});

describe('a failing disk', () => {
  async function failing(fault: Omit<Fault, 'below'>, work: () => Promise<unknown>): Promise<FileError> {
    arm({ ...fault, below: folder.path });
    try {
      return await work().then(
        () => expect.fail('It worked.'),
        (error) => error,
      );
    } finally {
      disarm();
    }
  }

  it.each([1, 2])('that is full at change %i leaves the old file, and nothing else', async (at) => {
    await folder.replace('file', 'old');
    const error = await failing({ at, kind: 'full' }, () => folder.replace('file', 'new'));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toBe(
      `${join(folder.path, 'file')} can't be written: the disk is full. Make room. Then try again.`,
    );
    expect(await folder.readText('file', 3)).toBe('old');
    expect(await readdir(folder.path)).toEqual(['file']);
  });

  it('whose fault shows when a file is synced is an error', async () => {
    // Made, written, synced.
    const error = await failing({ at: 3, kind: 'fault' }, () => folder.replace('file', 'new'));
    expect(error.message).toContain("file can't be written: the disk reports a fault. Check the disk");
    expect(await readdir(folder.path)).toEqual([]);
  });

  it.each(['EINVAL', 'EIO', 'ENOTSUP', 'EPERM'])(
    'that refuses to sync folders (%s) is used all the same',
    async (code) => {
      arm({ below: folder.path, refusedFolderSync: code });
      try {
        await folder.replace('file', 'new');
        await folder.sync();
      } finally {
        expect(disarm().filter((change) => change.startsWith('sync'))).toHaveLength(3);
      }
      expect(await folder.readText('file', 3)).toBe('new');
    },
  );
});

describe('a system error in words', () => {
  it.each([
    ['ENOSPC', 'the disk is full. Make room. Then try again.'],
    [
      'EDQUOT',
      "this user's share of the disk is used up. Make room, or ask for a larger quota. Then try again.",
    ],
    ['EACCES', 'this user has no permission. Give access to it and to the folders above it. Then try again.'],
    [
      'EROFS',
      'the file system is read-only. Choose another place, or have it mounted writable. Then try again.',
    ],
    [
      'ENOTDIR',
      'a part of the path is a file, not a folder. Move that file away, or choose another path. Then try again.',
    ],
    ['ENAMETOOLONG', 'the path is too long. Choose a shorter one. Then try again.'],
    [
      'EMFILE',
      'too many files are open. Close other programs, or raise the limit (ulimit -n). Then try again.',
    ],
    ['EWEIRD', 'the system says "EWEIRD: it is odd".'],
  ])('%s', (code, words) => {
    const raw = Object.assign(new Error(`${code}: it is odd, open '/runs/x'`), { code });
    const error = explained(raw, 'written', '/runs/x') as FileError;
    expect(error.message).toBe(`/runs/x can't be written: ${words}`);
    expect(error).toMatchObject({ code, path: '/runs/x', cause: raw });
  });

  it('takes another way out, and leaves alone what is none', () => {
    const raw = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const first = explained(raw, 'made', '/a');
    expect(explained(first, 'read', '/b', 'Then resume the run.').message).toBe(
      "/a can't be made: the disk is full. Make room. Then resume the run.",
    );
    expect(explained(irregular('/a', 'made'), 'read', '/b', 'Then resume the run.').message).toBe(
      "/a can't be made: something else is in its place (a folder, a file, a pipe or a device). Move that away. Then resume the run.",
    );
    const others = [
      new TypeError('x is not a function'),
      Object.assign(new Error('no'), { code: 'ERR_INVALID_ARG_TYPE' }),
    ];
    for (const other of others) expect(explained(other, 'read', '/b')).toBe(other);
  });
});
