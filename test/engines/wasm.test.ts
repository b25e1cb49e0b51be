import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { batchNormalizationSuite } from './suite/batchNormalization';
import { generationSuite } from './suite/generation';
import { generatorSuite } from './suite/generators';
import { involutionSuite } from './suite/involution';
import { kerasSuite } from './suite/keras';
import { kerasBatchNormalizationSuite } from './suite/kerasBatchNormalization';
import { networkSuite } from './suite/networks';
import { plannedStepsSuite } from './suite/plannedSteps';
import { sumSuite } from './suite/sums';
import { trainingSuite } from './suite/training';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('wasm');
});
afterAll(() => engine?.dispose());

const context = { name: 'wasm', tolerance: 1e-5 } as const;
involutionSuite(context);
generationSuite(context);
batchNormalizationSuite(context);
generatorSuite(context);
trainingSuite(context);
plannedStepsSuite(context);
sumSuite(context);
kerasSuite(context);
kerasBatchNormalizationSuite(context);
networkSuite(context);
