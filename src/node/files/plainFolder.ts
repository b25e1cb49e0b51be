import { constants, type Dirent } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { syncFile, syncFolder } from './durable';
import { codeOf, explained, type FileAction, irregular, isLink, isMissing, tooLarge } from './explain';
import { isTemporary, temporaryName } from './temporary';

/** Windows has none of these; there, comparing what was opened with what is there does it. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
/** Opened without following a link, and without waiting for the other end of a pipe. */
const plain = O_NOFOLLOW | O_NONBLOCK;

/** File systems without hard links: FAT, and some network ones. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'EISDIR', 'EXDEV']);

/** Who tidies up may take a temporary file for an abandoned one, and somebody may replace a file while it is opened. */
const attempts = 5;

/**
 * A folder whose content is read and written plainly: only regular files and folders count, and no link below it is
 * followed, since what lies there may have come with somebody else's repository. Names are relative, "/" between
 * their parts. Whatever is written is there whole or not at all, and on the disk. Throws `FileError`s.
 *
 * The folder itself may be reached through links: it is what the person, or the editor, chose.
 */
export class PlainFolder {
  constructor(readonly path: string) {}

  pathOf(name: string): string {
    return join(this.path, ...partsOf(name));
  }

  /** For reading; the caller closes it. */
  async open(name: string): Promise<FileHandle> {
    return this.#open(name, constants.O_RDONLY, 'read');
  }

  /** For reading, cutting and adding at the end; made if it is not there. The caller closes it. */
  async openToAppend(name: string): Promise<FileHandle> {
    return this.#open(name, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 'written');
  }

  /** All of a file; an error for one with more bytes than that, before anything is read. */
  async read(name: string, maximumBytes: number): Promise<Buffer> {
    const path = this.pathOf(name);
    const file = await this.open(name);
    try {
      const { size } = await file.stat();
      if (size > maximumBytes) throw tooLarge(path, maximumBytes);
      const content = Buffer.alloc(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(content, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return content.subarray(0, length);
    } catch (error) {
      throw explained(error, 'read', path);
    } finally {
      await file.close();
    }
  }

  async readText(name: string, maximumBytes: number): Promise<string> {
    return (await this.read(name, maximumBytes)).toString('utf8');
  }

  /** Gives a file new content: a reader, now or after a crash, sees the old or the new. Never writes through a link. */
  replace(name: string, content: string | Uint8Array): Promise<void> {
    return this.#throughTemporary(name, content, rename);
  }

  /** The same for several: all of the new content is on the disk before any of the old is gone. */
  async replaceAll(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    const [first, ...others] = Object.entries(files);
    if (!first) return;
    await this.#throughTemporary(...first, async (temporary, path) => {
      await this.replaceAll(Object.fromEntries(others));
      await rename(temporary, path);
    });
  }

  /** Puts a copy of a file in its place: whoever has the old one open writes to what nobody sees. */
  async renew(name: string): Promise<void> {
    const path = this.pathOf(name);
    const copy = join(dirname(path), temporaryName());
    const file = await this.open(name);
    try {
      await copyFile(path, copy, constants.COPYFILE_EXCL);
      await rename(copy, path);
    } catch (error) {
      await rm(copy, { force: true });
      throw explained(error, 'written', path);
    } finally {
      await file.close();
    }
  }

  /** Makes a file that is not there yet; a `FileError` with the code EEXIST when one is. Nobody sees a part of it. */
  create(name: string, content: string | Uint8Array): Promise<void> {
    return this.#throughTemporary(name, content, async (temporary, path) => {
      try {
        await link(temporary, path);
      } catch (error) {
        if (!noLinks.has(codeOf(error) ?? '')) throw error;
        await writeNew(path, content);
      }
      await rm(temporary, { force: true });
    });
  }

  /** A new file within a folder that nobody looks at yet, such as one with a temporary name. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await this.#check(name, 'written');
    const path = this.pathOf(name);
    await writeNew(path, content).catch((error) => {
      throw explained(error, 'written', path);
    });
  }

  /** With the folders above it, as far as they are missing. */
  async makeFolder(name: string): Promise<void> {
    const parts = partsOf(name);
    for (const i of parts.keys()) {
      const part = parts.slice(0, i + 1).join('/');
      const path = this.pathOf(part);
      try {
        await mkdir(path);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw explained(error, 'made', path);
        if (!(await this.#isFolder(part, 'made'))) throw irregular(path, 'made');
      }
    }
  }

  /** What is in a folder, links as links. None for a folder that is not there. */
  async list(name = ''): Promise<Dirent[]> {
    const path = this.pathOf(name);
    try {
      await this.#check(name, 'read');
      return await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return [];
      throw explained(error, 'read', path);
    }
  }

  /** Whether anything has that name, a link to nowhere too. */
  async has(name: string): Promise<boolean> {
    return lstat(this.pathOf(name)).then(
      () => true,
      (error) => {
        if (isMissing(error)) return false;
        throw explained(error, 'read', this.pathOf(name));
      },
    );
  }

  /** Durable. What has the new name already is replaced if it is a file, else an error. */
  async rename(from: string, to: string): Promise<void> {
    const path = this.pathOf(to);
    try {
      await this.#check(from, 'renamed');
      await this.#check(to, 'written');
      await rename(this.pathOf(from), path);
      await syncFolder(dirname(path));
    } catch (error) {
      throw explained(error, 'renamed', this.pathOf(from));
    }
  }

  /** A file, a folder with all that is in it, or a link (not what it leads to): gone at once for whoever looks. */
  async remove(name: string): Promise<void> {
    const path = this.pathOf(name);
    await this.#check(parentOf(name), 'removed');
    const aside = join(dirname(path), temporaryName());
    try {
      await rename(path, aside);
      await rm(aside, { recursive: true, force: true });
    } catch (error) {
      if (!isMissing(error)) throw explained(error, 'removed', path);
    }
  }

  /** What writers that died left in a folder. One that lives, and is at it just now, begins again. */
  async removeLeftovers(name = ''): Promise<void> {
    for (const entry of await this.list(name))
      if (isTemporary(entry.name)) await this.remove(name ? `${name}/${entry.name}` : entry.name);
  }

  async sync(name = ''): Promise<void> {
    const path = this.pathOf(name);
    await syncFolder(path).catch((error) => {
      throw explained(error, 'written', path);
    });
  }

  async #open(name: string, flags: number, action: FileAction): Promise<FileHandle> {
    const path = this.pathOf(name);
    for (let attempt = 1; ; attempt++) {
      await this.#check(name, action);
      // Before it is opened: to open a device may already do something to it.
      if (await isIrregular(path)) throw irregular(path, action);
      const file = await open(path, flags | plain).catch((error) => {
        throw codeOf(error) === 'ELOOP' ? isLink(path, action) : explained(error, action, path);
      });
      try {
        const opened = await file.stat({ bigint: true });
        // Looked at after it was opened: a part that was exchanged for a link in between shows here.
        await this.#check(name, action);
        if (!opened.isFile()) throw irregular(path, action);
        const { ino } = await lstat(path, { bigint: true });
        if (ino === opened.ino) return file;
        if (attempt === attempts) throw isLink(path, action);
      } catch (error) {
        await file.close();
        if (!isMissing(error) || attempt === attempts) throw explained(error, action, path);
        continue;
      }
      await file.close();
    }
  }

  async #throughTemporary(
    name: string,
    content: string | Uint8Array,
    finish: (temporary: string, path: string) => Promise<void>,
  ): Promise<void> {
    const path = this.pathOf(name);
    for (let attempt = 1; ; attempt++) {
      await this.#check(parentOf(name), 'written');
      const temporary = join(dirname(path), temporaryName());
      try {
        await writeNew(temporary, content);
        await finish(temporary, path);
        await syncFolder(dirname(path));
        return;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        if (!isMissing(error) || attempt === attempts) throw explained(error, 'written', path);
      }
    }
  }

  /** Throws if a part of the name, the last too, is a link. Parts that are not there are none. */
  async #check(name: string, action: FileAction): Promise<void> {
    const parts = partsOf(name);
    for (const i of parts.keys()) {
      const path = join(this.path, ...parts.slice(0, i + 1));
      try {
        if ((await lstat(path)).isSymbolicLink()) throw isLink(path, action);
      } catch (error) {
        if (isMissing(error)) return;
        throw explained(error, action, path);
      }
    }
  }

  async #isFolder(name: string, action: FileAction): Promise<boolean> {
    await this.#check(name, action);
    return (await lstat(this.pathOf(name))).isDirectory();
  }
}

/** The parts of a relative name. That none of them leads upwards is the caller's promise, which is checked. */
function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '');
  if (
    name.startsWith('/') ||
    parts.some(
      (part) => part === '..' || part === '.' || part.includes('\0') || (sep !== '/' && part.includes(sep)),
    )
  )
    throw new Error(`"${name}" is no name below a folder.`);
  return parts;
}

const parentOf = (name: string) => partsOf(name).slice(0, -1).join('/');

async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    try {
      await file.writeFile(content);
      await syncFile(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

async function isIrregular(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => !found.isFile(),
    () => false,
  );
}
