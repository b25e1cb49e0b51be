// `npm run train [-- options]`: installs what is missing, builds the command, and trains both networks on the built-in data.
import { prepare, run } from '../dependencies.mjs';

prepare();
run('node', 'esbuild.mjs', 'node');
run('node', 'dist/involution.mjs', 'train', ...process.argv.slice(2));
