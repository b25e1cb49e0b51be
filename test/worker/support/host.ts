// A process in the place of the extension host: begins a training in a worker, says where, and waits to be killed.
import { TestWorker } from './worker';

const [, , runsFolder] = process.argv;
const worker = new TestWorker();
const run = await worker.call(
  'train',
  {
    data: { kind: 'shapes', trainCount: 400, validationCount: 50 },
    batchSize: 16,
    epochs: 1000,
    engine: 'wasm',
  },
  runsFolder!,
);
await worker.until('a few steps', () => (worker.latest?.batch ?? 0) > 3);
process.stdout.write(`${JSON.stringify({ run, pid: worker.pid })}\n`);
