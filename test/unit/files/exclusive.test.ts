import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exclusively } from '../../../src/node/exclusive';
import { thisProcess } from '../../../src/node/holder';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution lock '));
  lock = join(folder, 'lock');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const stranger = JSON.stringify({ ...thisProcess('a'), space: 'elsewhere' });

describe('one at a time', () => {
  it('waits for another, says so once, and leaves no lock', async () => {
    const events: string[] = [];
    const enter = (name: string) =>
      exclusively(
        lock,
        async () => {
          events.push(`${name} in`);
          await wait(600);
          events.push(`${name} out`);
        },
        { onWait: () => events.push(`${name} waits`) },
      );
    const first = enter('a');
    await expect.poll(() => events).toContain('a in');
    await Promise.all([first, enter('b')]);
    expect(events).toEqual(['a in', 'b waits', 'a out', 'b in', 'b out']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is let go by work that fails, and by waiting that is cancelled', async () => {
    const failing = exclusively(lock, () => Promise.reject(new Error('The work failed.')));
    await expect(failing).rejects.toThrow('The work failed.');
    writeFileSync(lock, stranger);
    const cancel = new AbortController();
    const onWait = () => cancel.abort(new Error('Not now.'));
    const waiting = exclusively(lock, async () => 'never', { signal: cancel.signal, onWait });
    await expect(waiting).rejects.toThrow(/Not now|aborted/);
    expect(readFileSync(lock, 'utf8')).toBe(stranger);
  });

  it('does not wait for a process of this machine that was killed', async () => {
    const tsx = createRequire(import.meta.url).resolve('tsx');
    const module = JSON.stringify(join(import.meta.dirname, '../../../src/node/exclusive.ts'));
    const script = `import(${module}).then(({ exclusively }) =>
      exclusively(${JSON.stringify(lock)}, () => { console.log('in'); return new Promise(() => setInterval(() => {}, 1000)); }));`;
    const holder = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const ended = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await ended;
    // With the patience for a stranger this would time out.
    const entered = await exclusively(lock, async () => 'in', { silenceMilliseconds: 1e9 });
    expect(entered).toBe('in');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over from a holder elsewhere that gives no sign of life, whatever its clock says', async () => {
    writeFileSync(lock, stranger);
    utimesSync(lock, new Date(), new Date(Date.now() + 1e9));
    expect(await exclusively(lock, async () => 'in', { silenceMilliseconds: 400 })).toBe('in');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('waits for a holder elsewhere as long as it gives signs of life, with a clock that stands in the past', async () => {
    writeFileSync(lock, stranger);
    let beats = 0;
    const beating = setInterval(() => utimesSync(lock, new Date(), new Date(1000 * ++beats)), 100);
    const cancel = new AbortController();
    let entered = false;
    const waiting = exclusively(lock, async () => (entered = true), {
      silenceMilliseconds: 1500,
      signal: cancel.signal,
    });
    await wait(4000);
    clearInterval(beating);
    expect(entered).toBe(false);
    cancel.abort();
    await expect(waiting).rejects.toThrow();
  });

  it('is found out by the one that lost it, which leaves the other’s lock alone', async () => {
    const work = exclusively(lock, async (assertHeld) => {
      assertHeld();
      rmSync(lock);
      writeFileSync(lock, stranger);
      assertHeld();
    });
    await expect(work).rejects.toThrow('Another process took over while this one stood still.');
    expect(readFileSync(lock, 'utf8')).toBe(stranger);
  });

  it('has one winner when many take over the same left lock', async () => {
    writeFileSync(lock, stranger);
    let inside = 0;
    let most = 0;
    let runs = 0;
    const enter = () =>
      exclusively(
        lock,
        async () => {
          most = Math.max(most, ++inside);
          await wait(20);
          inside--;
          runs++;
        },
        { silenceMilliseconds: 300 },
      );
    await Promise.all(Array.from({ length: 8 }, enter));
    expect([most, runs]).toEqual([1, 8]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
