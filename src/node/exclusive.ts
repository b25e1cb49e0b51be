import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { codeOf, explained, isMissing } from './files/explain';

export interface ExclusiveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another process is at it and has to be waited for. */
  readonly onWait?: () => void;
  /** A holder that shows no sign of life for so long, as seen from here, is taken to be gone. */
  readonly silenceMilliseconds?: number;
}

/** Another process has taken over, because this one seemed to be gone. */
export class TakenOverError extends Error {}

/** Throws a TakenOverError when that has happened: nothing more may be written then. */
export type AssertHeld = () => void;

const heartbeatMs = 1000;
const pollMs = 250;

/**
 * Does `work` while no other process, nor another call in this one, does what the lock file `lock` stands for; waits for
 * its turn. The holder touches the file every second. Whether it still does is judged by what changes while one looks
 * on, not by comparing clocks, which differ between machines and jump; a process id is trusted only where it is known
 * to be of this machine and process namespace.
 */
export async function exclusively<T>(
  lock: string,
  work: (assertHeld: AssertHeld) => Promise<T>,
  options: ExclusiveOptions = {},
): Promise<T> {
  const token = JSON.stringify({ process: process.pid, machine: thisMachine(), id: randomUUID() });
  const file = await acquire(lock, token, options);
  const isHeld = () => contentOf(lock) === token;
  // By the open file: it can't be another's that is touched.
  const heartbeat = setInterval(() => void file.utimes(new Date(), new Date()).catch(() => {}), heartbeatMs);
  try {
    return await work(() => {
      if (!isHeld())
        throw new TakenOverError(l10n.t('Another process took over while this one stood still. Try again.'));
    });
  } finally {
    clearInterval(heartbeat);
    await file.close();
    if (isHeld()) await rm(lock, { force: true });
  }
}

async function acquire(
  lock: string,
  token: string,
  { signal, onWait, silenceMilliseconds = 30_000 }: ExclusiveOptions,
): Promise<FileHandle> {
  let seen = '';
  let seenAt = 0;
  let waiting = false;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const file = await open(lock, 'wx', 0o600);
      await file.writeFile(token);
      return file;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw explained(error, 'made', lock);
    }
    const state = await stateOf(lock);
    if (state === null) continue;
    const now = performance.now();
    if (state.sign !== seen) [seen, seenAt] = [state.sign, now];
    if (isDead(state.holder) || now - seenAt > silenceMilliseconds) {
      const file = await takeOver(lock, token, signal);
      if (file) return file;
      continue;
    }
    if (!waiting) onWait?.();
    waiting = true;
    await wait(pollMs, undefined, { signal });
  }
}

/** Puts a lock of this process in the place of a left one; null when another process did so last. */
async function takeOver(lock: string, token: string, signal?: AbortSignal): Promise<FileHandle | null> {
  const own = `${lock}.${randomUUID()}`;
  await writeFile(own, token, { flag: 'wx', mode: 0o600 });
  await rename(own, lock);
  try {
    // Whoever saw the same left lock has replaced it by then.
    await wait(2 * pollMs, undefined, { signal });
  } catch (error) {
    if (contentOf(lock) === token) await rm(lock, { force: true });
    throw error;
  }
  if (contentOf(lock) !== token) return null;
  return open(lock, 'r+');
}

/** What tells one holder, and one sign of life of it, from the next; null when nobody holds it any more. */
async function stateOf(lock: string): Promise<{ sign: string; holder: string } | null> {
  let file: FileHandle;
  try {
    // Opened before it is looked at: a network file system asks the server then, and not its memory.
    file = await open(lock, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw explained(error, 'read', lock);
  }
  try {
    const { mtimeMs, ino } = await file.stat();
    const holder = await file.readFile('utf8');
    return { sign: `${holder} ${ino} ${mtimeMs}`, holder };
  } finally {
    await file.close();
  }
}

function isDead(holder: string): boolean {
  try {
    const { process: id, machine } = JSON.parse(holder);
    if (machine !== thisMachine() || !Number.isInteger(id) || id <= 0) return false;
    process.kill(id, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** Containers may share a name, and not their process ids. */
function thisMachine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function contentOf(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return null;
  }
}
