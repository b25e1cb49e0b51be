import { type FileHandle, open } from 'node:fs/promises';
import { codeOf } from './explain';

/** What file systems that can't sync answer: some network and FUSE ones, for folders above all. */
const noSuchService = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
/** Folders can also be closed to a reader (EACCES), or refuse with whatever the other side of a network said. */
const folderRefusals = new Set([...noSuchService, 'EIO', 'EPERM', 'EACCES', 'EISDIR', 'EBADF']);

/** Waits until a file is on the disk, not only in the system's cache. A fault of the disk is an error. */
export async function syncFile(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (!noSuchService.has(codeOf(error) ?? '')) throw error;
  }
}

/**
 * Makes renames and removals within a folder durable where the file system offers that; where it does not, it keeps
 * their order or nothing can be done. Windows can't open a folder, and does not need it.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!folderRefusals.has(codeOf(error) ?? '')) throw error;
  }
}
