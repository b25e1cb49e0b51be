import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInstalledLibrary } from '../../../src/engines/tensorflow/installedLibrary';

describe('the TensorFlow of a Python', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'involution prefixes '));
  });
  afterEach(() => rm(base, { recursive: true }));

  async function installed(prefix: string, distribution: string, ...missing: string[]): Promise<string> {
    const packages = join(base, prefix, 'lib/python3.11/site-packages');
    const files = [
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
      'tensorflow/include/tensorflow/c/c_api.h',
      `${distribution}.dist-info/METADATA`,
    ];
    for (const file of files.filter((each) => !missing.some((part) => each.includes(part)))) {
      await mkdir(dirname(join(packages, file)), { recursive: true });
      await writeFile(join(packages, file), '');
    }
    return join(packages, 'tensorflow');
  }
  const found = (...prefixes: string[]) => findInstalledLibrary(prefixes.map((each) => join(base, each)));

  it('is found by its folders, the newest of several', async () => {
    await installed('a', 'tensorflow_cpu-2.16.1');
    const newest = await installed('b', 'tensorflow-2.21.0');
    await installed('c', 'tensorflow-2.9.1');
    expect(found('a', 'b', 'c', 'nowhere')).toEqual({ folder: newest, version: '2.21.0' });
  });

  it('is passed over where the binding could not be linked to it', async () => {
    await installed('old', 'tensorflow-2.9.1');
    await installed('without headers', 'tensorflow-2.21.0', 'c_api.h');
    await installed('stub', 'tensorflow-2.22.0', '_framework');
    await installed('other', 'tensorflow_estimator-2.21.0');
    expect(found('old', 'without headers', 'stub', 'other', 'nowhere')).toBeNull();
  });
});
