import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  buildingFolder,
  clearLeftovers,
  putInPlace,
  removeTensorFlow,
} from '../../../src/engines/tensorflow/engineFolder';
import { tensorFlowFolder } from '../../../src/engines/tensorflow/installation';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'engine-folder-'));
  vi.stubEnv('INVOLUTION_LAB_CACHE', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const make = (folder: string, text: string) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'which'), text);
};
const engine = () => readFileSync(join(tensorFlowFolder(), 'which'), 'utf8');
const beside = () => readdirSync(dirname(tensorFlowFolder())).toSorted();

describe("the engine's folder", () => {
  it.each([['in the place of another'], ['where there was none']])('is what was made, %s', async (where) => {
    if (where === 'in the place of another') make(tensorFlowFolder(), 'before');
    make(buildingFolder(), 'made');
    await putInPlace(buildingFolder());
    expect(engine()).toBe('made');
    expect(beside()).toEqual(['tensorflow']);
  });

  it('is put back where a process was killed while it replaced it', async () => {
    make(`${tensorFlowFolder()}.old-4711`, 'before');
    make(`${tensorFlowFolder()}.installing-4711`, 'half');
    await clearLeftovers();
    expect(engine()).toBe('before');
    expect(beside()).toEqual(['tensorflow']);
  });

  it('stays where a process was killed behind that, as does what else lies there', async () => {
    make(tensorFlowFolder(), 'made');
    make(`${tensorFlowFolder()}.old-4711`, 'before');
    make(`${tensorFlowFolder()}-mine`, 'another');
    await clearLeftovers();
    expect(engine()).toBe('made');
    expect(beside()).toEqual(['tensorflow', 'tensorflow-mine']);
  });

  it('is removed, and its bytes are told', async () => {
    expect(await removeTensorFlow()).toBe(0);
    make(join(tensorFlowFolder(), 'deep'), '1234567');
    make(tensorFlowFolder(), '123');
    expect(await removeTensorFlow()).toBe(10);
    expect(existsSync(tensorFlowFolder())).toBe(false);
  });
});
