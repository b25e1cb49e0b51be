import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isMissing } from './explain';

/** A chain of more links than this is a circle. */
const mostLinks = 40;
/** Of a data set that is looked through for links. */
const mostEntries = 500_000;

/** On Windows: opening such a path sends this person's name and password hash to the server it names. */
export function isNetworkPath(path: string, platform = process.platform): boolean {
  return platform === 'win32' && /^[\\/]{2}/.test(path);
}

/** Whether a path is written as one in a folder, or as the folder itself. */
export function isWrittenWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Whether a path leads into a folder when all links are followed. What it leads to need not exist. No link is opened
 * that leads out, least of all one into the network.
 */
export async function isReallyWithin(path: string, folder: string): Promise<boolean> {
  const root = await realpath(folder);
  const wayFrom = (target: string) => {
    const base = [folder, root].find((each) => !isNetworkPath(target) && isWrittenWithin(target, each));
    return base === undefined ? null : partsOf(relative(base, target));
  };
  let way = wayFrom(path);
  let links = 0;
  for (let current = root; way !== null && way.length > 0; ) {
    const [part, ...rest]: string[] = way;
    const next = join(current, part!);
    const found = await lstat(next).catch((error) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (!found) return true;
    if (found.isSymbolicLink()) {
      if (++links > mostLinks) return false;
      const onward = wayFrom(resolve(dirname(next), await readlink(next)));
      way = onward && [...onward, ...rest];
      current = root;
    } else {
      way = rest;
      current = next;
    }
  }
  return way !== null;
}

/** A path and the folders above it, innermost first, with the links on the way followed. It need not exist. */
export async function pathsUpwards(path: string): Promise<string[]> {
  const all = [await realPathOf(resolve(path))];
  for (let above = dirname(all[0]!); above !== all.at(-1); above = dirname(above)) all.push(above);
  return all;
}

/** As far as there is something. */
async function realPathOf(path: string): Promise<string> {
  const parent = dirname(path);
  return realpath(path).catch(async () =>
    parent === path ? path : join(await realPathOf(parent), basename(path)),
  );
}

/** The path of something below a folder that is neither a file nor a folder: a link, a pipe, a device. Null if none is. */
export async function findIrregular(folder: string): Promise<string | null> {
  const waiting = [folder];
  let looked = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (++looked > mostEntries) return path;
      if (entry.isDirectory()) waiting.push(path);
      else if (!entry.isFile()) return path;
    }
  }
  return null;
}

const partsOf = (way: string) => way.split(sep).filter((part) => part !== '');
