import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { runFiles } from '../../core/runs/layout';
import { isMissing } from '../files/explain';

const LockContent = v.object({ pid: v.number(), host: v.string(), token: v.string() });
type LockContent = v.InferOutput<typeof LockContent>;

const heartbeatMilliseconds = 5_000;
/** A holder that has shown no sign of life for this long is gone, even where its process can't be looked up. */
const silenceMilliseconds = 60_000;

/** Says that a run is being trained, so that nobody else trains it. */
export class RunLock {
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      utimes(this.path, now, now).catch(() => {});
    }, heartbeatMilliseconds).unref();
  }

  /** Throws when another process trains the run; a lock that a dead process left behind is taken over. */
  static async acquire(runFolder: string): Promise<RunLock> {
    const path = join(runFolder, runFiles.lock);
    const content: LockContent = { pid: process.pid, host: hostname(), token: randomUUID() };
    for (;;) {
      try {
        await writeFile(path, JSON.stringify(content), { flag: 'wx' });
        return new RunLock(path, content.token);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await liveHolder(path);
      if (holder) throw busy(runFolder, holder);
      await removeStale(path);
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    const content = await readLock(this.path);
    if (content?.token === this.token) await rm(this.path, { force: true });
  }
}

/** Whether a living process trains the run. */
export async function isBeingTrained(runFolder: string): Promise<boolean> {
  return (await liveHolder(join(runFolder, runFiles.lock))) !== null;
}

async function liveHolder(path: string): Promise<LockContent | null> {
  const [content, modified] = await Promise.all([readLock(path), lastSign(path)]);
  if (modified === null || Date.now() - modified > silenceMilliseconds) return null;
  // Just being written: its holder, whoever it is, lives.
  if (!content) return { pid: 0, host: hostname(), token: '' };
  return content.host === hostname() && !isAlive(content.pid) ? null : content;
}

/** Of several that want to take over, the rename succeeds for one. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const holder = await liveHolder(aside);
  if (holder) {
    // Somebody was faster, and this is already their lock.
    await rename(aside, path);
    throw busy(dirname(path), holder);
  }
  await rm(aside, { force: true });
}

async function readLock(path: string): Promise<LockContent | null> {
  try {
    return v.parse(LockContent, JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

async function lastSign(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process can't be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function busy(runFolder: string, { pid, host }: LockContent): Error {
  const holder =
    pid === 0
      ? l10n.t('another process')
      : host === hostname()
        ? l10n.t('process {0}', pid)
        : l10n.t('process {0} on {1}', pid, host);
  return new Error(
    l10n.t(
      'The run {0} is being trained by {1}. Stop it there first, or wait for its end.',
      ...[basename(runFolder), holder],
    ),
  );
}
