/**
 * A process in the place of the extension host: `editorHost <run folder>` trains a run on in the real worker, says when it
 * does, and waits to be killed.
 */
import { TestWorker } from '../worker/support/worker';

const [, , runFolder] = process.argv;
const worker = new TestWorker();
await worker.call('resume', runFolder!, null, null);
await worker.until('a few steps', () => worker.latest?.state !== 'preparing');
process.stdout.write(`${JSON.stringify({ type: 'training', pid: worker.pid })}\n`);
