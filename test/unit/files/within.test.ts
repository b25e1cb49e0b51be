import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findIrregular,
  isNetworkPath,
  isReallyWithin,
  isWrittenWithin,
  pathsUpwards,
} from '../../../src/node/files/within';

let root: string;
let workspace: string;
let outside: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'involution-within-')));
  workspace = join(root, 'work space');
  outside = join(root, 'work space 2');
  await mkdir(join(workspace, 'data', 'cat'), { recursive: true });
  await mkdir(join(outside, 'cat'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

describe('a path of an untrusted workspace', () => {
  it.each(['data', 'data/cat', '.', 'nowhere/yet', 'data/../data'])('may be %s', async (path) => {
    expect(await isReallyWithin(join(workspace, path), workspace)).toBe(true);
  });

  it('may not be elsewhere, nor have a name that only begins like that of the workspace', async () => {
    for (const path of [
      '/',
      '/etc/passwd',
      outside,
      root,
      join(workspace, '..'),
      `${workspace}x`,
      '/dev/zero',
    ])
      expect(await isReallyWithin(path, workspace), path).toBe(false);
    expect(isWrittenWithin(join(workspace, '..data'), workspace)).toBe(true);
    expect(isWrittenWithin(outside, workspace)).toBe(false);
  });

  it('may not lead out through a link, whether absolute, relative, in a chain, or in the middle', async () => {
    await symlink('/', join(workspace, 'absolute'));
    await symlink('../work space 2', join(workspace, 'relative'));
    await symlink('relative/cat', join(workspace, 'chain'));
    await symlink('../..', join(workspace, 'data', 'up'));
    for (const path of [
      'absolute',
      'absolute/etc',
      'relative',
      'relative/cat',
      'chain',
      'data/up',
      'data/up/x',
    ])
      expect(await isReallyWithin(join(workspace, path), workspace), path).toBe(false);
  });

  it('may go through links that stay inside, but not in a circle', async () => {
    await symlink('data', join(workspace, 'inside'));
    await symlink(join(workspace, 'inside', 'cat'), join(workspace, 'cats'));
    await symlink('round', join(workspace, 'round'));
    for (const path of ['inside', 'inside/cat', 'cats', 'cats/nowhere'])
      expect(await isReallyWithin(join(workspace, path), workspace), path).toBe(true);
    expect(await isReallyWithin(join(workspace, 'round'), workspace)).toBe(false);
  });

  it('is that of the workspace under either of its names, when the workspace itself is a link', async () => {
    const link = join(root, 'link');
    await symlink(workspace, link);
    for (const path of [join(link, 'data'), join(workspace, 'data')])
      expect(await isReallyWithin(path, link)).toBe(true);
    expect(await isReallyWithin(outside, link)).toBe(false);
  });

  it('names no server, on Windows', () => {
    for (const path of [
      '\\\\server\\share',
      '//server/share',
      '\\\\?\\UNC\\server\\share',
      '\\\\.\\pipe\\x',
      '\\/a/b',
    ])
      expect(isNetworkPath(path, 'win32'), path).toBe(true);
    for (const path of ['C:\\data', 'data', '\\data', 'D:/x'])
      expect(isNetworkPath(path, 'win32'), path).toBe(false);
    expect(isNetworkPath('//data', 'linux')).toBe(false);
  });
});

describe('a data set of an untrusted workspace', () => {
  const data = () => join(workspace, 'data');
  it('has files and folders in it', async () => {
    await writeFile(join(data(), 'cat', 'a.png'), 'x');
    expect(await findIrregular(data())).toBe(null);
  });

  it.each([
    ['a link to a file', (path: string) => symlink('/etc/passwd', path)],
    ['a link to a folder', (path: string) => symlink(outside, path)],
    ['a link to nowhere', (path: string) => symlink('/nowhere', path)],
    ['a pipe', async (path: string) => void execFileSync('mkfifo', [path])],
  ])('is refused with %s, which is named', async (_, make) => {
    const path = join(data(), 'cat', 'b.png');
    await make(path);
    expect(await findIrregular(data())).toBe(path);
  });
});

describe('the way up from a path', () => {
  it('is where the links on it lead, whether it exists or not', async () => {
    const data = join(workspace, 'data');
    await symlink(data, join(outside, 'link'));
    expect((await pathsUpwards(join(outside, 'link', 'new', 'file'))).slice(0, 5)).toEqual([
      join(data, 'new', 'file'),
      join(data, 'new'),
      data,
      workspace,
      root,
    ]);
    // A link to nowhere is a name.
    await symlink(join(root, 'nowhere'), join(outside, 'broken'));
    expect((await pathsUpwards(join(outside, 'broken'))).slice(0, 2)).toEqual([
      join(outside, 'broken'),
      outside,
    ]);
    expect(await pathsUpwards('/')).toEqual([parse(root).root]);
  });
});
