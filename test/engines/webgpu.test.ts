import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { ensureSwiftShader } from './setup/swiftShader';
import { generationSuite } from './suite/generation';
import { involutionSuite } from './suite/involution';
import { kerasSuite } from './suite/keras';
import { trainingSuite } from './suite/training';

let engine: Engine;
beforeAll(async () => {
  ensureSwiftShader();
  engine = await startEngine('webgpu');
}, 600_000);
afterAll(() => engine?.dispose());

const context = { name: 'webgpu', tolerance: 1e-5 } as const;
involutionSuite(context);
generationSuite(context);
trainingSuite(context);
kerasSuite(context);
