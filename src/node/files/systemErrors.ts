import * as l10n from '@vscode/l10n';
import { errorIn } from '../../core/wordedError';
import { explained, type FileAction } from './explain';

/** What was tried, by the name of the system call that failed. */
const actions: Readonly<Record<string, FileAction>> = {
  ...{ mkdir: 'made', mkdtemp: 'made', link: 'made', symlink: 'made' },
  ...{ write: 'written', copyfile: 'written', ftruncate: 'written', fsync: 'written', futime: 'written' },
  ...{ rename: 'renamed', unlink: 'removed', rmdir: 'removed', rm: 'removed' },
};

/**
 * The last net, at the ends of the command and of the worker: nobody is told "ENOENT: no such file or directory, open …",
 * also where no one thought of it; and what the core says is said in the language of this process. Other errors come back
 * as they are.
 */
export function inWords(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { syscall, path } = error as NodeJS.ErrnoException;
  return path === undefined
    ? errorIn(l10n.t, error)
    : explained(error, actions[syscall ?? ''] ?? 'read', path);
}
