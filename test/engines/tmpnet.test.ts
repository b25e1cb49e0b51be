import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { networkSuite } from './suite/networks';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('wasm');
});
afterAll(() => engine?.dispose());
networkSuite({ name: 'cpu', tolerance: 1e-5 });
