import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import {
  cp,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { thisProcess } from '../../../src/node/holder';
import { fence } from '../../../src/node/runs/fence';
import { assertNotTrained, isBeingTrained, RunLock, RunLostError } from '../../../src/node/runs/runLock';

let base: string;
let child: ChildProcess;
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution lock '));
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
});
afterAll(async () => {
  child.kill('SIGKILL');
  await rm(base, { recursive: true });
});

const here = thisProcess('t');
const noProcess = 2 ** 22 + 1;
/** Long enough for several looks. */
const silenceMs = 1_500;

async function newRun(): Promise<string> {
  const folder = await mkdtemp(join(base, `run ${count++} `));
  await writeFile(join(folder, 'run.json'), '{}');
  await writeFile(join(folder, 'events.jsonl'), '');
  return folder;
}

async function lockedBy(holder: object, ageSeconds = 0): Promise<string> {
  const folder = await newRun();
  await writeFile(join(folder, 'lock'), JSON.stringify({ ...here, ...holder }));
  await dated(folder, ageSeconds);
  return folder;
}

async function dated(folder: string, ageSeconds: number): Promise<void> {
  const then = new Date(Date.now() - 1000 * ageSeconds);
  await utimes(join(folder, 'lock'), then, then);
}

const holderOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'lock'), 'utf8'));

describe('the lock of a run', () => {
  it('is given to one', async () => {
    const folder = await newRun();
    const lock = await RunLock.acquire(folder);
    expect(await isBeingTrained(folder)).toBe(true);
    await expect(RunLock.acquire(folder)).rejects.toThrow(
      `is being trained by process ${process.pid}. Stop it there first, or wait for its end.`,
    );
    lock.assertHeld();
    await lock.release();
    expect(await isBeingTrained(folder)).toBe(false);
    await (await RunLock.acquire(folder)).release();
    expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'run.json']);
  });

  it('of a living process holds, however silent, and whatever its date', async () => {
    const { started } = await startedOf(child.pid!);
    for (const age of [0, 1e6, -1e6]) {
      const folder = await lockedBy({ pid: child.pid, started }, age);
      await expect(RunLock.acquire(folder)).rejects.toThrow(`is being trained by process ${child.pid}`);
      expect(await isBeingTrained(folder)).toBe(true);
    }
  });

  // Only Linux tells.
  it.runIf(process.platform === 'linux')('of a process that is suspended says so', async () => {
    const { started } = await startedOf(child.pid!);
    child.kill('SIGSTOP');
    // The signal takes effect some time after it was sent.
    await vi.waitFor(() => expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toMatch(/\) T /), 10_000);
    const folder = await lockedBy({ pid: child.pid, started });
    await expect(RunLock.acquire(folder)).rejects.toThrow(`process ${child.pid}, which is suspended`);
    child.kill('SIGCONT');
  });

  it('of a dead process is taken over at once, by one of many', async () => {
    const folder = await lockedBy({ pid: noProcess });
    expect(await isBeingTrained(folder)).toBe(false);
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => RunLock.acquire(folder)));
    const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(locks).toHaveLength(1);
    expect(locks[0]!.isContested).toBe(false);
    locks[0]!.assertHeld();
    expect((await holderOf(folder)).pid).toBe(process.pid);
    await locks[0]!.release();
    expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'run.json']);
  });

  it('of a process whose number now belongs to another is taken over at once', async () => {
    const folder = await lockedBy({ pid: child.pid, started: '1' });
    expect(await isBeingTrained(folder)).toBe(false);
    const lock = await RunLock.acquire(folder);
    expect(lock.isContested).toBe(false);
    await lock.release();
  });

  it.each([
    ['of another machine', { host: 'elsewhere', space: 'another boot' }, 'on elsewhere'],
    // Where the number means nobody, or somebody else.
    ['of another container on this host name', { space: 'another namespace' }, `process ${noProcess}`],
    ['of a system that does not tell', { space: null, started: null }, `process ${noProcess}`],
  ])('%s holds while its heart beats, and is taken over when it stands still', async (_, where, name) => {
    for (const age of [0, 1e6, -1e6]) {
      const folder = await lockedBy({ pid: noProcess, ...where }, age);
      // Its clock may go anywhere: it is the change that counts.
      const beating = setTimeout(() => void dated(folder, age + 5), silenceMs / 2);
      await expect(RunLock.acquire(folder, { silenceMs })).rejects.toThrow(name);
      clearTimeout(beating);
      const lines: string[] = [];
      const lock = await RunLock.acquire(folder, { silenceMs, onNotice: (line) => lines.push(line) });
      expect(lines).toEqual([expect.stringContaining('Looking for a sign of life, for 2 s at most')]);
      expect(lock.isContested).toBe(true);
      await lock.release();
    }
  });

  it('dated in the future says nothing of its holder', async () => {
    expect(await isBeingTrained(await lockedBy({ space: 'elsewhere' }))).toBe(true);
    expect(await isBeingTrained(await lockedBy({ space: 'elsewhere' }, -1e6))).toBe(false);
  });

  it.each(['', '{', '{"pid": 1}', 'x'.repeat(100_000)])(
    'that is no lock is watched too: %.10s',
    async (text) => {
      const folder = await newRun();
      await writeFile(join(folder, 'lock'), text);
      await (await RunLock.acquire(folder, { silenceMs: 600 })).release();
    },
  );

  it('that is a link is replaced, and what it points to left alone', async () => {
    const folder = await newRun();
    const outside = join(base, 'outside');
    await writeFile(outside, 'mine');
    await symlink(outside, join(folder, 'lock'));
    await (await RunLock.acquire(folder, { silenceMs: 600 })).release();
    expect(await readFile(outside, 'utf8')).toBe('mine');
  });

  it('stops being waited for when that is asked', async () => {
    const folder = await lockedBy({ space: 'elsewhere' });
    for (const reason of [new Error('No more.'), undefined]) {
      const signal = AbortSignal.abort(reason);
      await expect(RunLock.acquire(folder, { signal })).rejects.toBe(signal.reason);
    }
    expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'lock', 'run.json']);
  });

  it('beats while its process is busy', async () => {
    const script = join(base, 'busy.mts');
    const source = new URL('../../../src/node/runs/runLock.ts', import.meta.url);
    await writeFile(
      script,
      `import { RunLock } from ${JSON.stringify(source.href)};
       await RunLock.acquire(process.argv[2]!);
       process.send!('held');
       setTimeout(() => { for (;;); }, 100);`,
    );
    const folder = await newRun();
    const busy = fork(script, [folder], { execArgv: ['--import', import.meta.resolve('tsx')] });
    await once(busy, 'message');
    const before = (await stat(join(folder, 'lock'))).mtimeMs;
    for (;;) {
      await sleep(100);
      if ((await stat(join(folder, 'lock'))).mtimeMs > before) break;
    }
    busy.kill('SIGKILL');
  });
});

describe('who wants no other process at a run', () => {
  it('is refused while its holder lives, and let through where that is dead or nobody', async () => {
    const { started } = await startedOf(child.pid!);
    const living = await lockedBy({ pid: child.pid, started }, 1e6);
    await expect(assertNotTrained(living)).rejects.toThrow(
      `is being trained by process ${child.pid}. Stop it there`,
    );
    await assertNotTrained(await lockedBy({ pid: noProcess }));
    await assertNotTrained(await newRun());
  });

  it.each([0, 1e6, -1e6])('watches a holder that can not be looked up, dated %i s ago', async (age) => {
    const folder = await lockedBy({ pid: noProcess, space: 'elsewhere' }, age);
    const beating = setTimeout(() => void dated(folder, age + 5), silenceMs / 2);
    await expect(assertNotTrained(folder, { silenceMs })).rejects.toThrow(`process ${noProcess}`);
    clearTimeout(beating);
    const lines: string[] = [];
    await assertNotTrained(folder, { silenceMs, onNotice: (line) => lines.push(line) });
    expect(lines).toEqual([expect.stringContaining('Looking for a sign of life, for 2 s at most')]);
    // It only looks: the lock is as it was.
    expect((await holderOf(folder)).pid).toBe(noProcess);
  });

  it('judges anew who took over meanwhile', async () => {
    const folder = await lockedBy({ pid: noProcess, space: 'elsewhere' });
    const { started } = await startedOf(child.pid!);
    const next = { ...here, token: 'next', pid: child.pid, started };
    const takingOver = setTimeout(
      () => void writeFile(join(folder, 'lock'), JSON.stringify(next)),
      silenceMs / 2,
    );
    await expect(assertNotTrained(folder, { silenceMs })).rejects.toThrow(`process ${child.pid}`);
    clearTimeout(takingOver);
  });
});

describe('a holder', () => {
  it('finds out that another took over, and leaves that one its lock', async () => {
    const folder = await newRun();
    const first = await RunLock.acquire(folder);
    const told = new Promise<Error>((resolve) => first.onLost(resolve));
    await seenFromElsewhere(folder);
    const second = await RunLock.acquire(folder, { silenceMs });
    expect(() => first.assertHeld()).toThrow(RunLostError);
    expect((await told).message).toMatch(
      /^The run .* was taken over by process \d+ while this one gave no sign of life, so this one stopped\. Nothing is lost or doubled/,
    );
    await first.release();
    second.assertHeld();
    await second.release();
    expect(() => second.assertHeld()).toThrow('The lock of the run');
  });

  it.each<[string, (folder: string) => Promise<unknown>]>([
    ['deleted', (folder) => rm(folder, { recursive: true })],
    ['moved', (folder) => rename(folder, `${folder} moved`)],
    [
      'moved, and copied back',
      async (folder) => {
        await rename(folder, `${folder} moved`);
        await cp(`${folder} moved`, folder, { recursive: true });
      },
    ],
    [
      'replaced by a file',
      async (folder) => {
        await rm(folder, { recursive: true });
        await writeFile(folder, '');
      },
    ],
  ])('finds out that the folder was %s', async (_, attack) => {
    const folder = await newRun();
    const lock = await RunLock.acquire(folder);
    await attack(folder);
    expect(() => lock.assertHeld()).toThrow(
      `The folder ${folder} was deleted, moved or replaced while its run was being trained`,
    );
    await lock.release();
  });

  it('keeps a run whose folder is found by another way', async () => {
    const folder = await newRun();
    const lock = await RunLock.acquire(folder);
    await rename(folder, `${folder} moved`);
    await symlink(`${folder} moved`, folder);
    lock.assertHeld();
    await lock.release();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});

it('a fence leaves a suspended writer nothing to write to', async () => {
  const folder = await newRun();
  const { EventLog } = await import('../../../src/node/runs/eventLog');
  const path = join(folder, 'events.jsonl');
  const status = (message: string) => ({ type: 'status', time: 0, state: 'training', message }) as const;
  // Its question whether it holds the run was answered before the take-over.
  const { log } = await EventLog.open(path);
  log.append(status('before'));
  await log.sync();
  await fence(folder);
  log.append(status('after'));
  await log.close();
  expect((await EventLog.open(path)).events).toEqual([status('before')]);
});

/** As if its process were in another PID namespace; it is the same file of the same tenure. */
async function seenFromElsewhere(folder: string): Promise<void> {
  await writeFile(join(folder, 'lock'), JSON.stringify({ ...(await holderOf(folder)), space: 'elsewhere' }));
}

async function startedOf(pid: number): Promise<{ started: string | null }> {
  if (process.platform !== 'linux') return { started: null };
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return { started: text.slice(text.lastIndexOf(')') + 2).split(' ')[19]! };
}
