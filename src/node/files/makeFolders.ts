import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf, explained } from './explain';

/**
 * Makes a folder, with those above it that are missing. True when it was not there. Node's own `recursive` never ends
 * where a folder says that it has no place for another one (/proc).
 * @throws FileError
 */
export function makeFolders(path: string, mode?: number): boolean {
  const folder = resolve(path);
  const parent = dirname(folder);
  try {
    if (parent !== folder && !existsSync(parent)) makeFolders(parent, mode);
    mkdirSync(folder, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      return false;
    throw explained(error, 'made', folder);
  }
}
