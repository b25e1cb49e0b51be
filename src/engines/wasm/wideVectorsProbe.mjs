// Whether this V8 makes one operation of 256 bits of each two neighbouring vectors. That can only be measured: tiles of two
// panels (see assembly/tile.ts) are faster then than tiles of one, and slower else. A process of its own
// (wideVectors.ts), whose V8 optimises at once what it compiles. Plain JavaScript: Node loads it by path.
import { readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { setFlagsFromString } from 'node:v8';

const [kernelsFile, ...options] = argv.slice(2);
for (const option of options) setFlagsFromString(option);

const memory = new WebAssembly.Memory({ initial: 8, maximum: 8 });
const module = new WebAssembly.Module(readFileSync(kernelsFile));
const { generationReduce, scratch, wide } = new WebAssembly.Instance(module, { env: { memory } }).exports;

// z = x · W0 for 64 pixels of 256 channels and 16 hidden values, which are two panels. Where the arrays begin, in bytes.
const [pixels, channels, hidden] = [64, 256, 16];
const [x, panels, z, sums] = [4096, 128 * 1024, 256 * 1024, 320 * 1024];
scratch.value = 0;
new Float32Array(memory.buffer, x, (z - x) / 4).forEach((_, i, values) => {
  values[i] = Math.sin(i);
});

/** z, and the milliseconds that it took: the least of some. */
function product(width) {
  wide.value = width;
  const times = Array.from({ length: 100 }, () => {
    const start = performance.now();
    generationReduce(0, pixels, x, panels, z, sums, channels, hidden, pixels);
    return performance.now() - start;
  });
  return { z: Buffer.from(memory.buffer.slice(z, sums)), time: Math.min(...times) };
}

const [narrowTiles, wideTiles] = [product(0), product(1)];
const isWide = wideTiles.time < 0.85 * narrowTiles.time && wideTiles.z.equals(narrowTiles.z);
stdout.write(isWide ? 'wide' : 'narrow');
