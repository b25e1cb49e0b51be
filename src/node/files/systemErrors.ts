import { explained, type FileAction } from './explain';

/** What was tried, by the name of the system call that failed. */
const actions: Readonly<Record<string, FileAction>> = {
  ...{ mkdir: 'made', mkdtemp: 'made', link: 'made', symlink: 'made' },
  ...{ write: 'written', copyfile: 'written', ftruncate: 'written', fsync: 'written', futime: 'written' },
  ...{ rename: 'renamed', unlink: 'removed', rmdir: 'removed', rm: 'removed' },
};

/**
 * The last net, at the ends of the command and of the worker: nobody is told "ENOENT: no such file or directory, open …",
 * also where no one thought of it. Errors that are no system's come back as they are.
 */
export function inWords(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { syscall, path } = error as NodeJS.ErrnoException;
  return path === undefined ? error : explained(error, actions[syscall ?? ''] ?? 'read', path);
}
