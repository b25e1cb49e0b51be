import { lstatSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { explained } from './files/explain';
import { makeFolders } from './files/makeFolders';

/** Where downloads and installed engines are kept: `$INVOLUTION_LAB_CACHE`, else the user's cache folder. */
export function cacheFolder(): string {
  const chosen = process.env.INVOLUTION_LAB_CACHE;
  if (chosen) return chosen;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'involution-lab');
}

/**
 * Makes a folder below the cache folder, for its user alone, and answers its path.
 * @throws Error when it can't be made, or as `assertOwnCache` does.
 */
export function ensureCacheFolder(...names: string[]): string {
  const folder = join(cacheFolder(), ...names);
  try {
    makeFolders(folder, 0o700);
  } catch (error) {
    const wayOut = l10n.t('Or set INVOLUTION_LAB_CACHE to a folder that you can write to.');
    throw explained(error, 'made', folder, wayOut);
  }
  assertOwnCache(...names);
  return folder;
}

/**
 * What lies in the cache is run and trusted, and it may have been put where everybody writes, /tmp say: a folder of it
 * that somebody else owns or may write to, or that a link of theirs leads to, is refused. What is not there passes.
 */
export function assertOwnCache(...names: string[]): void {
  // Windows keeps the user's cache folder to the user by itself, and has no such owners.
  const user = process.getuid?.();
  if (user === undefined) return;
  const isTrusted = ({ uid }: Stats) => uid === user || uid === 0;
  for (let depth = 0; depth <= names.length; depth++) {
    const folder = join(cacheFolder(), ...names.slice(0, depth));
    const entry = lstatSync(folder, { throwIfNoEntry: false });
    const target = entry && statSync(folder, { throwIfNoEntry: false });
    if (!entry || !target) return;
    const fault = !isTrusted(entry)
      ? l10n.t('it belongs to another user')
      : !isTrusted(target)
        ? l10n.t('it is a link to what belongs to another user')
        : target.mode & 0o002
          ? l10n.t('every user may write to it')
          : null;
    if (fault === null) continue;
    throw new Error(
      l10n.t(
        "The cache folder {0} can't be trusted: {1}. Set INVOLUTION_LAB_CACHE to a folder of your own.",
        folder,
        fault,
      ),
    );
  }
}
