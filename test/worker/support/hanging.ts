// A worker that never comes back to its events.
import { exitWhenAlone } from '../../../src/worker/lifetime';

exitWhenAlone(async () => {}, 200);
process.send?.('begun');
setTimeout(() => {
  for (;;);
}, 300);
