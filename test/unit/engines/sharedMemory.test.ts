import { describe, expect, it } from 'vitest';
import { withSharedMemory } from '../../../src/engines/wasm/sharedMemory';

const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const name = (text: string) => [text.length, ...Buffer.from(text)];
const section = (id: number, ...content: number[]) => [id, content.length, ...content];
const module = (...sections: number[][]) => Uint8Array.from([...header, ...sections.flat()]);
/** One page at least, 300 (two bytes in LEB128) at most. */
const limits = (flags: number) => [flags, 1, 0xac, 0x02];
const exports = section(7, 1, ...name('memory'), 2, 0);

describe('withSharedMemory', () => {
  it('declares a module’s own memory shared, and changes nothing else', async () => {
    const given = module(section(1, 0), section(5, 1, ...limits(1)), exports);
    const shared = withSharedMemory(given);
    expect([...shared]).toEqual([...module(section(1, 0), section(5, 1, ...limits(3)), exports)]);
    const { instance } = await WebAssembly.instantiate(shared);
    const { memory } = instance.exports as { memory: WebAssembly.Memory };
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.buffer.byteLength).toBe(65_536);
  });

  it('declares an imported memory shared', () => {
    const importing = (flags: number) =>
      module(section(2, 1, ...name('env'), ...name('memory'), 2, ...limits(flags)));
    expect([...withSharedMemory(importing(1))]).toEqual([...importing(3)]);
  });

  it('finds the memory behind imports of other kinds', () => {
    const given = module(
      section(1, 1, 0x60, 0, 0),
      section(2, 1, ...name('env'), ...name('f'), 0, 0),
      section(5, 1, ...limits(1)),
    );
    expect([...withSharedMemory(given)].slice(-4)).toEqual(limits(3));
  });

  it('leaves the given bytes alone', () => {
    const given = module(section(5, 1, ...limits(1)));
    withSharedMemory(given);
    expect([...given]).toEqual([...module(section(5, 1, ...limits(1)))]);
  });

  it('refuses what threads can’t share', () => {
    expect(() => withSharedMemory(module(section(5, 1, 0, 1)))).toThrow('A memory without a maximum');
    expect(() => withSharedMemory(module())).toThrow('declares no memory');
  });
});
