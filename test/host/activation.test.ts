import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { substitute } from './support/doubles';
import { thisExtension } from './support/extension';

/** The module itself, as the extension's bundle sees it. */
const childProcess: typeof import('node:child_process') = require('node:child_process');

describe('activation', () => {
  it('starts no process and loads nothing of TensorFlow', async () => {
    const forked: string[] = [];
    const restore = substitute(childProcess, 'fork', (file: string) => forked.push(file));
    await thisExtension().activate();
    restore();
    assert.deepEqual(forked, []);
    const loaded = Object.keys(require.cache).filter((file) =>
      /tfjs|tensorflow|[\\/]sharp[\\/]|[\\/]webgpu[\\/]/.test(file),
    );
    assert.deepEqual(loaded, []);
    assert(
      Object.keys(require.cache).some((file) => file.endsWith('extension.cjs')),
      'looked in the wrong cache',
    );
  });

  it('has no TensorFlow in its bundle', () => {
    const bundle = join(thisExtension().extensionPath, 'dist', 'extension.cjs');
    const code = readFileSync(bundle, 'utf8');
    // What TF.js itself says somewhere in each of its packages.
    for (const trace of ['registerGradient', 'registerBackend', 'LayersModel(', 'require("sharp")'])
      assert(!code.includes(trace), trace);
  });
});
