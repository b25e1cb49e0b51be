import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { build, type Plugin } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const opsFolder = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')), 'ops');

/** What TF.js's own test files import; `tf` and `describeWithFlags` are given to the bundle below. */
const modules: Record<string, string> = {
  index: 'module.exports = tf',
  jasmine_util: 'module.exports = { ALL_ENVS: {}, describeWithFlags }',
  test_util: 'module.exports = tf.test_util',
};

const provided: Plugin = {
  name: 'provided',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/(index|jasmine_util|test_util)$/ }, ({ path }) => ({
      path: path.slice(path.lastIndexOf('/') + 1),
      namespace: 'provided',
    }));
    onLoad({ filter: /.*/, namespace: 'provided' }, ({ path }) => ({ contents: modules[path]! }));
  },
};

/** Cases that an engine is not made for, and what its error must say. */
export interface Refusal {
  readonly cases: RegExp;
  readonly error: string;
}

/**
 * Declares the test cases that TF.js publishes for an op (they come with `@tensorflow/tfjs-core`), to be run on the
 * current backend.
 * @param file in dist/ops of that package, without `_test.js`
 */
export async function publishedCases(file: string, refusals: readonly Refusal[] = []): Promise<void> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import '../public/chained_ops/register_all_chained_ops'; import './${file}_test'`,
      resolveDir: opsFolder,
    },
    bundle: true,
    // The package declares its test files free of side effects, so that they would be left out.
    ignoreAnnotations: true,
    write: false,
    format: 'iife',
    plugins: [provided],
  });
  const describeWithFlags = (name: string, _environments: unknown, cases: () => void) =>
    describe(`the published cases: ${name}`, () => {
      beforeEach(() => tf.engine().startScope());
      afterEach(() => tf.engine().endScope());
      cases();
    });
  const declareCase = (name: string, run: () => unknown) => {
    const refusal = refusals.find(({ cases }) => cases.test(name));
    if (!refusal) it(name, async () => void (await run()));
    else it(`refused: ${name}`, () => expect(async () => run()).rejects.toThrow(refusal.error));
  };
  const globals = { tf, describeWithFlags, describe, beforeEach, it: declareCase, expect };
  new Function(...Object.keys(globals), outputFiles[0]!.text)(...Object.values(globals));
}
