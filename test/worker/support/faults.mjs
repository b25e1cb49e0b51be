// A disk that fails, for tests: counts what a process changes below one folder, and lets the n-th change fail or be the
// last thing that the process does. Preload it (`node --import faults.mjs`, the fault in $FAULT as JSON), or call `arm`.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * @typedef {object} Fault
 * @property {string} below what lies elsewhere is let alone
 * @property {number} [at] the change that is hit, from 1; none: they are only counted
 * @property {'kill' | 'torn' | 'full' | 'fault'} [kind] killed before the change; killed in the middle of a write (before
 * any other change); from this change on there is no room (ENOSPC); this change fails (EIO)
 * @property {string} [refusedFolderSync] the code with which every sync of a folder is refused
 */

/** @type {Fault | null} */
let fault = null;
let changes = 0;
/** What was done, for people who look for the n-th. @type {string[]} */
let names = [];

/** @param {Fault} next */
export function arm(next) {
  fault = next;
  changes = 0;
  names = [];
}

/** The changes that there were. */
export function disarm() {
  fault = null;
  return names;
}

/** These need no room. */
const freeing = new Set(['rename', 'rm', 'unlink', 'rmdir', 'truncate', 'sync', 'datasync']);

function isBelow(path) {
  if (!fault || path === undefined) return false;
  const folder = resolve(fault.below);
  const absolute = resolve(String(path));
  return absolute === folder || absolute.startsWith(folder + sep);
}

function failure(code, text, call, path) {
  return Object.assign(new Error(`${code}: ${text}, ${call} '${path}'`), {
    code,
    errno: -1,
    syscall: call,
    path,
  });
}

/** Throws, or never comes back, when this change is to be hit; `half` does the first half of a write. */
function change(call, path, half = () => {}) {
  if (!isBelow(path)) return;
  changes++;
  names.push(`${call} ${path}`);
  const { at = Infinity, kind } = fault;
  if (kind === 'full' && changes >= at && !freeing.has(call))
    throw failure('ENOSPC', 'no space left on device', call, path);
  if (changes !== at) return;
  if (kind === 'fault') throw failure('EIO', 'i/o error', call, path);
  if (kind === 'torn') half();
  if (kind === 'torn' || kind === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

const changing = (flags = 'r') => (typeof flags === 'number' ? (flags & 0o103) !== 0 : /[wa+]/.test(flags));
const bytesOf = (content) => (typeof content === 'string' ? Buffer.from(content) : content);

/** A call on a path: 'open' counts when it may change something. */
function patch(owner, name, isSync, pathAt = 0) {
  const original = owner[name];
  const call = name.replace(/Sync$/, '');
  const before = (args) => {
    if (call !== 'open' || changing(args[1])) change(call, args[pathAt]);
  };
  owner[name] = isSync
    ? function (...args) {
        before(args);
        return original.apply(this, args);
      }
    : async function (...args) {
        before(args);
        const result = await original.apply(this, args);
        if (call === 'open') pathOf.set(result, args[0]);
        return result;
      };
}

/** @type {WeakMap<import('node:fs/promises').FileHandle, string>} */
const pathOf = new WeakMap();

const onPaths = [
  'open',
  'mkdir',
  'rename',
  'rm',
  'rmdir',
  'unlink',
  'writeFile',
  'appendFile',
  'truncate',
  'symlink',
];
for (const name of onPaths) patch(fs.promises, name, false);
for (const name of ['link', 'copyFile']) patch(fs.promises, name, false, 1);
for (const name of onPaths) patch(fs, `${name}Sync`, true);
for (const name of ['linkSync', 'copyFileSync']) patch(fs, name, true, 1);

const probe = await fs.promises.open(new URL(import.meta.url), 'r');
const FileHandle = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ['write', 'writeFile', 'appendFile', 'truncate', 'sync', 'datasync']) {
  const original = FileHandle[name];
  FileHandle[name] = async function (...args) {
    const isWrite = name.startsWith('write') || name === 'appendFile';
    change(name, pathOf.get(this), () => {
      const bytes = isWrite ? bytesOf(args[0]) : new Uint8Array();
      fs.writeSync(this.fd, bytes.subarray(0, bytes.length >> 1));
    });
    if (name === 'sync' && fault?.refusedFolderSync && (await this.stat()).isDirectory())
      throw failure(fault.refusedFolderSync, 'refused', 'fsync', pathOf.get(this));
    return original.apply(this, args);
  };
}
syncBuiltinESMExports();

if (process.env.FAULT && isMainThread) arm(JSON.parse(process.env.FAULT));
