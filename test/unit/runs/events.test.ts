import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/runs/events';
import { EventLog } from '../../../src/node/runs/eventLog';
import { EventTail } from '../../../src/node/runs/eventTail';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution-events-'));
});
afterAll(() => rm(folder, { recursive: true }));
const newPath = () => join(folder, `${count++}.jsonl`);

/** The story of two models, two epochs of three steps each, with a name that takes several bytes a letter. */
const story: RunEvent[] = [
  { type: 'status', time: 1, state: 'training', message: '训练开始 ✓' },
  ...([1, 2] as const).flatMap((epoch) =>
    (['involution', 'convolution'] as const).flatMap((model): RunEvent[] => [
      ...[1, 2, 3].map((batch): RunEvent => {
        const step = 3 * (epoch - 1) + batch;
        return { type: 'batch', time: step, model, epoch, batch, step, loss: 1 / step, accuracy: 0.5 };
      }),
      {
        ...{ type: 'epoch', time: 9, model, epoch, step: 3 * epoch, loss: 0.1, accuracy: 0.2 },
        ...{ valLoss: null, valAccuracy: 0.3, learningRate: 0.001, seconds: 1.5 },
      },
      ...(epoch === 2
        ? [{ type: 'modelEnd', time: 9, model, epoch, step: 6, reason: 'finished' } satisfies RunEvent]
        : []),
    ]),
  ),
];

async function write(path: string, events: readonly RunEvent[]): Promise<void> {
  const { log } = await EventLog.open(path);
  for (const event of events) log.append(event);
  await log.close();
}

describe('the event log', () => {
  it('gives back what was appended', async () => {
    const path = newPath();
    await write(path, story);
    const { log, events } = await EventLog.open(path);
    expect(events).toEqual(story);
    expect(log.progress('convolution')).toEqual({ step: 6, epoch: 2, ended: true });
    await log.close();
  });

  it('after a kill at any byte, and the repetition of any steps, tells everything once', async () => {
    const whole = newPath();
    await write(whole, story);
    const bytes = await readFile(whole);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length }),
        fc.integer({ min: 0, max: story.length }),
        async (cut, repeated) => {
          const path = newPath();
          await writeFile(path, bytes.subarray(0, cut));
          const { log, events } = await EventLog.open(path);
          expect(events).toEqual(story.slice(0, events.length));
          // Training goes on somewhere before the end of what was logged. Its status is new each time.
          const from = Math.max(events.length - repeated, 0);
          for (const event of story.slice(from))
            if (event.type !== 'status' || events.length === 0) log.append(event);
          await log.close();
          const text = await readFile(path, 'utf8');
          expect(text).toBe(bytes.toString());
          await rm(path);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('writes within a moment, without being asked', async () => {
    const path = newPath();
    const { log } = await EventLog.open(path);
    log.append(story[0]!);
    await expect.poll(() => readFile(path, 'utf8'), { timeout: 5000 }).toContain('训练开始 ✓');
    await log.close();
  });

  it('refuses to go on after a write that failed', async () => {
    const { log } = await EventLog.open(newPath());
    const { file } = log as unknown as { file: { appendFile(): Promise<void> } };
    file.appendFile = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    log.append(story[0]!);
    await expect(log.sync()).rejects.toThrow(
      /^\/.*\.jsonl can't be written: the disk is full\. Make room\. Then try again\.$/,
    );
    expect(() => log.append(story[1]!)).toThrow('the disk is full');
    await expect(log.close()).rejects.toThrow('the disk is full');
  });
});

describe('the tail of an event log', () => {
  it('has no events where there is no file yet', async () => {
    expect(await new EventTail(newPath()).read()).toEqual([]);
  });

  it('gives every event once, however the bytes arrive', async () => {
    const whole = newPath();
    await write(whole, story);
    const bytes = await readFile(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }), async (pieces) => {
        const path = newPath();
        const tail = new EventTail(path);
        const seen: RunEvent[] = [];
        let at = 0;
        for (const piece of [...pieces, bytes.length]) {
          await appendFile(path, bytes.subarray(at, at + piece));
          at += piece;
          seen.push(...(await tail.read()));
          expect(seen).toEqual(story.slice(0, seen.length));
        }
        expect(seen).toEqual(story);
        expect(await tail.read()).toEqual([]);
        await rm(path);
      }),
      { numRuns: 30 },
    );
  });

  it('sees a line that a resume has cut off and written anew', async () => {
    const path = newPath();
    await write(path, story.slice(0, 3));
    await appendFile(path, '{"type":"batch","time":99,"mod');
    const tail = new EventTail(path);
    expect(await tail.read()).toEqual(story.slice(0, 3));
    await write(path, story.slice(3, 5));
    expect(await tail.read()).toEqual(story.slice(3, 5));
  });

  it('counts lines that are no events, and reads on', async () => {
    const path = newPath();
    await write(path, story.slice(0, 2));
    await appendFile(path, 'rubbish\n{"type":"batch","step":"one"}\n\n');
    await write(path, story.slice(2, 4));
    const tail = new EventTail(path);
    expect(await tail.read()).toEqual(story.slice(0, 4));
    expect(tail.invalidLines).toBe(2);
  });

  it('stays where it is when the file has become shorter', async () => {
    const path = newPath();
    await write(path, story);
    const tail = new EventTail(path);
    await tail.read();
    await truncate(path, 10);
    expect(await tail.read()).toEqual([]);
  });
});
