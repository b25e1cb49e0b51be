import { defineConfig } from 'vitest/config';

/** Two workers at most: the development machine has two cores, and engines bring threads of their own. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: 'src/engines/wasm/assembly/build.mjs',
    include: ['test/{unit,engines,worker}/**/*.test.ts'],
  },
});
