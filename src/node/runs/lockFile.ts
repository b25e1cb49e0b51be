import * as fs from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import * as v from 'valibot';
import { Holder } from '../holder';

/** A lock as it was found. */
export interface FoundLock {
  /** Null when it can't be read: something else lies there, or it is just being written. */
  readonly holder: Holder | null;
  /** Of the holder's tenure. */
  readonly token: string;
  /** Unix milliseconds of its holder's clock; each heartbeat changes it. */
  readonly beat: number;
  /** Device and inode. */
  readonly file: string;
}

const mostBytes = 4096;
/** A link that somebody planted is not followed, and a pipe not waited for. */
const opening = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** Null where there is none. At once, so that a writer can look right before it writes. */
export function readLock(path: string): FoundLock | null {
  let fd: number;
  try {
    // By opening it: network file systems then ask their server, and do not answer from what they remember.
    fd = fs.openSync(path, opening);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stats) return null;
    if (stats.isFile()) throw error;
    return found(stats, null);
  }
  try {
    const stats = fs.fstatSync(fd);
    if (!stats.isFile() || stats.size > mostBytes) return found(stats, null);
    const holder = v.safeParse(Holder, parsed(fs.readFileSync(fd, 'utf8')));
    return found(stats, holder.success ? holder.output : null);
  } finally {
    fs.closeSync(fd);
  }
}

/** Gives a complete file a second name, unless that is taken or the file is gone: of several that try, one succeeds. */
export async function linkExclusively(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if (isTakenOrMissing(error)) return false;
  }
  // File systems without links (FAT, some network ones).
  try {
    await copyFile(file, path, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isTakenOrMissing(error)) return false;
    throw error;
  }
}

export const fileIdentity = ({ dev, ino }: Pick<fs.Stats, 'dev' | 'ino'>) => `${dev}:${ino}`;

const isTakenOrMissing = (error: unknown) =>
  ['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '');

function found(stats: fs.Stats, holder: Holder | null): FoundLock {
  const file = fileIdentity(stats);
  return { holder, token: holder?.token ?? file.replace(':', '-'), beat: stats.mtimeMs, file };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
