import { defineConfig } from 'vitest/config';

/** One project a stage of `npm test`. Engines bring threads of their own, and the workbench a browser: one file at a time there. */
const project = (name: string, include: string, alone: boolean, seconds: number) => ({
  test: {
    name,
    include: [include],
    pool: 'forks' as const,
    maxWorkers: alone ? 1 : 2,
    testTimeout: seconds * 1000,
    hookTimeout: 300_000,
    globalSetup: 'src/tools/build/assembly.mjs',
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 'test/unit/**/*.test.ts', false, 180),
      project('webview', 'test/webview/**/*.test.ts', true, 180),
      project('engines', 'test/engines/**/*.test.ts', true, 600),
      project('worker', 'test/worker/**/*.test.ts', true, 120),
      project('e2e', 'test/e2e/*.test.ts', true, 300),
    ],
  },
});
