// `bench.sh tables PYTHON [PART…]`: measures what the page of benchmarks shows of a machine with a GPU. What it writes to
// out/benchmarks there is put into the same folder here, and `npm run docs:benchmarks` takes it from there.
import { measureGraphics } from '../docs/benchmarks/graphics';
import { Measurements } from '../docs/benchmarks/measure';

const [python, ...wanted] = process.argv.slice(2);
if (!python) {
  console.error('Usage: bench.sh tables PYTHON [PART…]');
  process.exit(2);
}
measureGraphics(new Measurements(process.execPath, wanted), python);
