import { createRequire } from 'node:module';
import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { ensureTensorFlow } from './setup/tensorFlow';
import { generationSuite } from './suite/generation';
import { involutionSuite } from './suite/involution';
import { kerasSuite } from './suite/keras';
import { trainingSuite } from './suite/training';

let engine: Engine;
beforeAll(async () => {
  await ensureTensorFlow();
  takeAwayWhatNode23Took();
  engine = await startEngine('tensorflow');
}, 600_000);
afterAll(() => engine?.dispose());

/** So that the suites run on every Node as they do on 23 and later. */
function takeAwayWhatNode23Took() {
  const util = createRequire(import.meta.url)('node:util');
  delete util.isNullOrUndefined;
  delete util.isArray;
}

const context = { name: 'tensorflow', tolerance: 1e-5 } as const;
involutionSuite(context);
generationSuite(context);
trainingSuite(context);
kerasSuite(context);
