import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { runFiles } from '../../core/runs/layout';
import { explained, isMissing } from '../files/explain';
import { temporaryName } from '../files/temporary';
import { fateOf, type Holder, inWords, thisProcess } from '../holder';
import { type FoundLock, fileIdentity, linkExclusively, readLock } from './lockFile';

const heartbeatMilliseconds = 5_000;
/** A holder that can't be looked up and gives no sign of life for this long is taken to be gone. */
const silenceMilliseconds = 30_000;
/** Between two looks at a holder's heartbeat, and at whether the run is still held. */
const lookMilliseconds = 500;

const claimPrefix = `${runFiles.lock}.after-`;

/** This process may not write to the run any more: another took it over, or its folder is not there. */
export class RunLostError extends Error {}

export interface AcquireOptions {
  readonly silenceMs?: number;
  /** Ends the wait for a sign of life with its reason. */
  readonly signal?: AbortSignal;
  /** Told when the holder has to be watched for a while. */
  readonly onNotice?: (line: string) => void;
}

/**
 * Says that a run is being trained, so that nobody else trains it.
 *
 * A holder that is provably dead (`fateOf`) loses its lock at once; one that can't be looked up, when its heartbeat has
 * stood still while it was watched: dates are not compared, since clocks jump and differ. Such a holder may have been
 * suspended only, and go on. So the lock is also a fence: whoever holds it asks `assertHeld` right before each write,
 * and whoever takes over puts up `fence` (fence.ts) against a write whose question was asked before.
 */
export class RunLock {
  readonly #heartbeat: Worker;
  readonly #watch: NodeJS.Timeout;
  #onLost: (error: RunLostError) => void = () => {};

  private constructor(
    private readonly runFolder: string,
    private readonly token: string,
    /** The open lock: its inode can't become another file's. */
    private readonly file: { readonly fd: number; readonly identity: string },
    /** The former holder may still live. */
    readonly isContested: boolean,
  ) {
    this.#heartbeat = heartbeat(file.fd);
    this.#watch = setInterval(() => this.#look(), lookMilliseconds).unref();
  }

  /** Throws when another process trains the run; a lock that was left behind is taken over. */
  static async acquire(runFolder: string, options: AcquireOptions = {}): Promise<RunLock> {
    const path = join(runFolder, runFiles.lock);
    const token = randomUUID();
    // Complete before it is the lock: nobody ever sees half of one.
    const own = join(runFolder, temporaryName());
    let isContested = false;
    try {
      for (;;) {
        if (!fs.existsSync(own))
          await writeFile(own, JSON.stringify(thisProcess(token)), { flag: 'wx', mode: 0o644 });
        if (await linkExclusively(own, path)) break;
        const found = readLock(path);
        if (!found) continue;
        isContested = await isGone(path, found, runFolder, options);
        if (await takeOver(path, found, own, runFolder, options)) break;
      }
      await removeClaims(runFolder);
      const fd = fs.openSync(path, 'r+');
      return new RunLock(runFolder, token, { fd, identity: fileIdentity(fs.fstatSync(fd)) }, isContested);
    } catch (error) {
      await disown(runFolder, token);
      throw explained(error, 'written', path);
    } finally {
      // What is left of it goes with the other leftovers.
      await rm(own, { force: true }).catch(() => {});
    }
  }

  /** To be called right before each write to the run. Throws `RunLostError` when it must not be made. */
  assertHeld(): void {
    const found = readLock(this.#path);
    if (found?.token === this.token && found.file === this.file.identity) return;
    throw new RunLostError(this.#loss(found));
  }

  /** For a training that does not write just now. Told once at most. */
  onLost(listener: (error: RunLostError) => void): void {
    this.#onLost = listener;
  }

  async release(): Promise<void> {
    clearInterval(this.#watch);
    await this.#heartbeat.terminate();
    const isHeld = readLock(this.#path)?.token === this.token;
    fs.closeSync(this.file.fd);
    if (!isHeld) return;
    await removeSurely(this.#path).catch((error) => {
      throw explained(error, 'removed', this.#path);
    });
  }

  get #path(): string {
    return join(this.runFolder, runFiles.lock);
  }

  #look(): void {
    try {
      this.assertHeld();
    } catch (error) {
      // What can't be read just now is asked for again by the next write.
      if (!(error instanceof RunLostError)) return;
      clearInterval(this.#watch);
      this.#onLost(error);
    }
  }

  #loss(found: FoundLock | null): string {
    if (found?.holder && found.token !== this.token)
      return l10n.t(
        'The run {0} was taken over by {1} while this one gave no sign of life, so this one stopped. Nothing is lost or doubled: it goes on there from its last checkpoint.',
        ...[basename(this.runFolder), inWords(found.holder)],
      );
    if (!found && fs.existsSync(join(this.runFolder, runFiles.manifest)))
      return l10n.t(
        'The lock of the run {0} was removed while it was being trained, so another process may train it now. This one stopped; what it had saved is there. To go on, resume the run.',
        this.runFolder,
      );
    return l10n.t(
      'The folder {0} was deleted, moved or replaced while its run was being trained, so the training stopped. If it was moved, resume the run where it is now.',
      this.runFolder,
    );
  }
}

/**
 * Which living process trains the run, in words ("process 4711 on elsewhere"); null when none does. Answers at once, to
 * show it: of a holder that can't be looked up, its clock is believed.
 */
export async function trainerOf(runFolder: string): Promise<string | null> {
  const found = readLock(join(runFolder, runFiles.lock));
  if (!found) return null;
  const fate = found.holder ? fateOf(found.holder) : 'unknown';
  const isLiving =
    fate === 'unknown' ? Math.abs(Date.now() - found.beat) <= 2 * silenceMilliseconds : fate === 'living';
  return isLiving ? named(found.holder) : null;
}

export const isBeingTrained = async (runFolder: string): Promise<boolean> =>
  (await trainerOf(runFolder)) !== null;

/**
 * Throws while another process trains the run, as `RunLock.acquire` does: a holder that can't be looked up is watched for
 * a sign of life first.
 */
export async function assertNotTrained(runFolder: string, options: AcquireOptions = {}): Promise<void> {
  const path = join(runFolder, runFiles.lock);
  let judged: string | undefined;
  for (;;) {
    const found = readLock(path);
    if (!found || found.token === judged) return;
    await isGone(path, found, runFolder, options);
    judged = found.token;
  }
}

/** Throws while the lock's holder lives. True when it may live all the same: it was only silent. */
async function isGone(
  path: string,
  found: FoundLock,
  runFolder: string,
  { silenceMs = silenceMilliseconds, signal, onNotice }: AcquireOptions,
): Promise<boolean> {
  const fate = found.holder ? fateOf(found.holder) : 'unknown';
  if (fate === 'dead') return false;
  if (fate === 'living') throw busy(runFolder, found.holder);
  onNotice?.(
    l10n.t(
      'The run {0} may be being trained by {1}. Looking for a sign of life, for {2} s at most …',
      ...[basename(runFolder), named(found.holder), Math.round(silenceMs / 1000)],
    ),
  );
  // Looks are counted, not seconds: while this process is itself suspended it sees nothing, and time goes on.
  for (let silent = 0; silent < silenceMs; silent += lookMilliseconds) {
    await sleep(Math.min(lookMilliseconds, silenceMs), undefined, { signal }).catch(() => {});
    signal?.throwIfAborted();
    const now = readLock(path);
    // Somebody else was faster, or it was given back: to be judged anew.
    if (now?.token !== found.token) return false;
    if (now.beat !== found.beat) throw busy(runFolder, now.holder);
  }
  return true;
}

/**
 * Puts one's own lock in the place of one that is judged to be left behind; false when that must be judged anew.
 * Whoever links the name that belongs to the old tenure is the only one that may replace it, and does so in one rename:
 * there is a lock at every moment, and none that was not looked at is ever removed.
 */
async function takeOver(
  path: string,
  judged: FoundLock,
  own: string,
  runFolder: string,
  options: AcquireOptions,
): Promise<boolean> {
  const tenure = createHash('sha256').update(judged.token).digest('hex').slice(0, 16);
  const claim = join(runFolder, `${claimPrefix}${tenure}`);
  if (!(await linkExclusively(own, claim))) {
    const rival = readLock(claim);
    // One that died in between leaves a complete lock: it comes into its place, and is judged there.
    if (rival && readLock(path)?.token === judged.token) {
      await isGone(claim, rival, runFolder, options);
      await rename(claim, path).catch((error) => {
        if (!isMissing(error)) throw error;
      });
    } else await rm(claim, { force: true });
    return false;
  }
  if (readLock(path)?.token !== judged.token) {
    await rm(claim, { force: true });
    return false;
  }
  try {
    await rename(claim, path);
    return true;
  } catch (error) {
    // Removed with those of the dead, by one who had the lock in between.
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Twice, since the run would seem to be trained for as long as this process lives. */
function removeSurely(path: string): Promise<void> {
  const remove = () => rm(path, { force: true });
  return remove().catch(remove);
}

/** What this process got hold of before it failed: nobody else could take it while this process lives. */
async function disown(runFolder: string, token: string): Promise<void> {
  const names = await readdir(runFolder).catch(() => []);
  for (const name of names.filter((each) => each === runFiles.lock || each.startsWith(claimPrefix))) {
    const path = join(runFolder, name);
    try {
      if (readLock(path)?.token === token) await removeSurely(path);
    } catch {
      // Why it failed is told already.
    }
  }
}

/** Those of processes that were killed in the middle of taking over. Whoever lives, and still asks, asks again. */
async function removeClaims(runFolder: string): Promise<void> {
  for (const name of await readdir(runFolder))
    if (name.startsWith(claimPrefix)) await rm(join(runFolder, name), { force: true });
}

/** In a thread of its own: a step of the training may take longer than the silence that is allowed. */
function heartbeat(fd: number): Worker {
  const beat = `
    const { futimesSync } = require('node:fs');
    setInterval(() => {
      const now = new Date();
      try { futimesSync(${fd}, now, now); } catch {}
    }, ${heartbeatMilliseconds});`;
  const worker = new Worker(beat, { eval: true, execArgv: [] });
  worker.unref();
  return worker;
}

const named = (holder: Holder | null) => (holder ? inWords(holder) : l10n.t('another process'));

function busy(runFolder: string, holder: Holder | null): Error {
  return new Error(
    l10n.t(
      'The run {0} is being trained by {1}. Stop it there first, or wait for its end.',
      ...[basename(runFolder), named(holder)],
    ),
  );
}
