import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { ensureSwiftShader } from '../../src/tools/setup/swiftShader';

/** The webgpu engine, on SwiftShader, while a file's tests run. */
export function runningWebGpu(): { engine: Engine } {
  const running = {} as { engine: Engine };
  beforeAll(async () => {
    await ensureSwiftShader();
    running.engine = await startEngine('webgpu');
  }, 600_000);
  afterAll(() => running.engine?.dispose());
  return running;
}
