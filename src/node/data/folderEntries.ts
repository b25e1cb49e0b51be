import { readdir } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { isLitter } from './litter';

/** What lies in a folder. */
export interface Entry {
  readonly name: string;
  /** A folder itself, not a link to one. */
  readonly isFolder: boolean;
  /** Its name is not UTF-8, and `name` an escaped form of it that no path can be made of. */
  readonly isUnreachable: boolean;
}

/** Without litter, by name (as code units compare: the same order, so the same split, everywhere). */
export async function folderEntries(folder: string): Promise<Entry[]> {
  // As strings, names that are not UTF-8 would come with replacement characters, and lead to nothing.
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  return entries
    .map((entry) => {
      const bytes = Buffer.from(entry.name);
      const name = bytes.toString('utf8');
      const isUnreachable = !Buffer.from(name, 'utf8').equals(bytes);
      return {
        name: isUnreachable ? escaped(bytes) : name,
        isFolder: entry.isDirectory(),
        isUnreachable,
      };
    })
    .filter(({ name }) => !isLitter(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Completes "the folder …". */
export function folderProblem({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return l10n.t('does not exist');
    case 'ENOTDIR':
      return l10n.t('is a file, not a folder');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('may not be read by this user (permission denied)');
    case 'ELOOP':
      return l10n.t('is a link that leads back to itself');
    default:
      return l10n.t("can't be read ({0})", code ?? '?');
  }
}

/** "caf\xe9" */
function escaped(bytes: Buffer): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}
