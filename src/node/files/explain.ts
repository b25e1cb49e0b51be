import * as l10n from '@vscode/l10n';

/** What was wanted of a file or folder. */
export type FileAction = 'read' | 'written' | 'made' | 'renamed' | 'removed';

/** A file that could not be had or made as wanted, in words that name it, the reason and the way out. */
export class FileError extends Error {
  constructor(
    readonly path: string,
    /** The system's code ("ENOSPC"), or one of ours: 'LINK', 'IRREGULAR', 'TOO LARGE'. */
    readonly code: string,
    /** "… can't be written: the disk is full. Make room." */
    readonly problem: string,
    /** What is to be done first, where the problem does not say it: "Move that away." */
    readonly remedy: string,
    wayOut: string,
    options?: ErrorOptions,
  ) {
    super([problem, remedy, wayOut].filter(Boolean).join(' '), options);
  }
}

/**
 * A system error in words. `wayOut` is the sentence that follows the remedy, such as how a run is resumed; without it
 * that is "Then try again." What is no system error comes back as it is.
 */
export function explained(error: unknown, action: FileAction, path: string, wayOut?: string): Error {
  if (error instanceof FileError)
    return wayOut
      ? new FileError(error.path, error.code, error.problem, error.remedy, wayOut, { cause: error })
      : error;
  const { code, message } = error as NodeJS.ErrnoException;
  // Node's own mistakes have codes too (ERR_…): those are no news of the disk.
  if (!(error instanceof Error) || typeof code !== 'string' || code.includes('_')) return error as Error;
  const { reason, remedy } = inWords(code, message);
  const problem = problemOf(action, path, reason, remedy);
  return new FileError(path, code, problem, '', wayOut ?? (remedy && l10n.t('Then try again.')), {
    cause: error,
  });
}

/** "… can't be written: the disk is full. Make room." */
const problemOf = (action: FileAction, path: string, reason: string, remedy: string) =>
  [`${sentence(action, path, reason)}.`, remedy].filter(Boolean).join(' ');

export const codeOf = (error: unknown): string | undefined =>
  (error as NodeJS.ErrnoException | undefined)?.code;
export const isMissing = (error: unknown) => codeOf(error) === 'ENOENT';

export function isLink(path: string, action: FileAction): FileError {
  return new FileError(
    path,
    'LINK',
    problemOf(action, path, l10n.t('it is a link, and links are not followed here'), ''),
    l10n.t('Put the file or folder itself in its place, or remove the link.'),
    '',
  );
}

export function irregular(path: string, action: FileAction): FileError {
  const reason = l10n.t('something else is in its place (a folder, a file, a pipe or a device)');
  return new FileError(path, 'IRREGULAR', problemOf(action, path, reason, ''), l10n.t('Move that away.'), '');
}

export function tooLarge(path: string, maximumBytes: number): FileError {
  const reason = l10n.t('it has more than {0} bytes, which is too much', maximumBytes);
  const remedy = l10n.t('Restore it from a copy, or remove it.');
  return new FileError(path, 'TOO LARGE', problemOf('read', path, reason, ''), remedy, '');
}

function sentence(action: FileAction, path: string, reason: string): string {
  switch (action) {
    case 'read':
      return l10n.t("{0} can't be read: {1}", path, reason);
    case 'written':
      return l10n.t("{0} can't be written: {1}", path, reason);
    case 'made':
      return l10n.t("{0} can't be made: {1}", path, reason);
    case 'renamed':
      return l10n.t("{0} can't be renamed: {1}", path, reason);
    case 'removed':
      return l10n.t("{0} can't be removed: {1}", path, reason);
  }
}

function inWords(code: string, message: string): { reason: string; remedy: string } {
  switch (code) {
    case 'ENOSPC':
      return { reason: l10n.t('the disk is full'), remedy: l10n.t('Make room.') };
    case 'EDQUOT':
      return {
        reason: l10n.t("this user's share of the disk is used up"),
        remedy: l10n.t('Make room, or ask for a larger quota.'),
      };
    case 'EACCES':
    case 'EPERM':
      return {
        reason: l10n.t('this user has no permission'),
        remedy: l10n.t('Give access to it and to the folders above it.'),
      };
    case 'EROFS':
      return {
        reason: l10n.t('the file system is read-only'),
        remedy: l10n.t('Choose another place, or have it mounted writable.'),
      };
    case 'ENOENT':
      return {
        reason: l10n.t('it does not exist'),
        remedy: l10n.t('Bring it back, or choose another path.'),
      };
    case 'EEXIST':
    case 'ENOTEMPTY':
      return {
        reason: l10n.t('something of that name is there already'),
        remedy: l10n.t('Move that away, or choose another name.'),
      };
    case 'ENOTDIR':
      return {
        reason: l10n.t('a part of the path is a file, not a folder'),
        remedy: l10n.t('Move that file away, or choose another path.'),
      };
    case 'EISDIR':
      return {
        reason: l10n.t('it is a folder, not a file'),
        remedy: l10n.t('Move it away, or choose another path.'),
      };
    case 'ENAMETOOLONG':
      return { reason: l10n.t('the path is too long'), remedy: l10n.t('Choose a shorter one.') };
    case 'EINVAL':
    case 'EILSEQ':
      return {
        reason: l10n.t('the file system does not accept it'),
        remedy: l10n.t('Choose another name or place.'),
      };
    case 'EMFILE':
    case 'ENFILE':
      return {
        reason: l10n.t('too many files are open'),
        remedy: l10n.t('Close other programs, or raise the limit (ulimit -n).'),
      };
    case 'EFBIG':
      return {
        reason: l10n.t('the file would be larger than this system allows'),
        remedy: l10n.t('Choose another place, or raise the limit (ulimit -f).'),
      };
    case 'EIO':
    case 'ENXIO':
    case 'ENODEV':
      return {
        reason: l10n.t('the disk reports a fault'),
        remedy: l10n.t('Check the disk and its connection.'),
      };
    case 'ESTALE':
    case 'EHOSTDOWN':
    case 'ENOTCONN':
    case 'ETIMEDOUT':
      return {
        reason: l10n.t('the network drive does not answer'),
        remedy: l10n.t('Check the connection.'),
      };
    case 'EBUSY':
    case 'ETXTBSY':
      return {
        reason: l10n.t('another program is using it'),
        remedy: l10n.t('Close that program.'),
      };
    case 'ELOOP':
      return {
        reason: l10n.t('its links lead in a circle, or it is a link'),
        remedy: l10n.t('Choose the file or folder itself.'),
      };
    case 'EXDEV':
      return {
        reason: l10n.t('it would have to move to another disk'),
        remedy: l10n.t('Choose a place on the same disk.'),
      };
    default:
      return { reason: l10n.t('the system says "{0}"', message.split(',')[0]!), remedy: '' };
  }
}
