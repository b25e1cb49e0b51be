import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { workerCalls } from '../../src/protocol/workerCalls';
import { callOf, messageCount, messageSeed } from '../host/support/messages';
import { TestWorker } from './support/worker';

describe('any call of the worker', () => {
  let worker: TestWorker;
  beforeAll(() => {
    worker = new TestWorker();
  });
  afterAll(() => worker.stop(5_000));

  it(
    'is answered or refused, and the process lives on',
    async () => {
      // Not those that a call which happens to be right would set to work: on the network, or for hours.
      const setToWork = ['train', 'downloadCifar10', 'installTensorFlow', 'engines'];
      const names = Object.keys(workerCalls).filter((name) => !setToWork.includes(name));
      const ask = worker.call.bind(worker) as (name: string, ...args: unknown[]) => Promise<unknown>;
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(callOf(names), async ({ name, args }) => {
          try {
            await ask(name, ...args);
          } catch (error) {
            refused++;
            const { name: kind, message } = error as Error;
            expect(kind, message).not.toBe('TypeError');
            expect(kind, message).not.toBe('WorkerGoneError');
            expect(message.length).toBeLessThan(10_000);
          }
        }),
        { numRuns: messageCount, seed: messageSeed },
      );
      expect(refused).toBeGreaterThan(messageCount / 3);
      expect(worker.exits).toEqual([]);
      await worker.call('stop');
    },
    60_000 + 300 * messageCount,
  );

  it('with a size that no memory holds is refused before anything is computed', async () => {
    for (const shape of [
      [1024, 1024, 3],
      [32, 32, 1e9],
      [Number.NaN, 32, 3],
      [32, 32],
    ])
      await expect(
        worker.call('summary', presetNetwork('involution'), shape as [number, number, number], 10),
      ).rejects.toThrow(/Refused "summary" from the extension/);
    const many = Array.from({ length: 1001 }, (_, i) => i);
    await expect(
      worker.call('validationImages', '/nowhere', many, { folder: null, anyway: false }),
    ).rejects.toThrow(/Refused "validationImages"/);
  });
});
