// `npm run train [-- options]`: installs what is missing, builds the command, and trains both networks on the built-in data.
import { prepare, run } from '../setup/dependencies.mjs';
import { runScript } from '../setup/step.mjs';

await runScript(prepare);
run('src/tools/build/build.mjs', 'node');
run('dist/involution.mjs', 'train', ...process.argv.slice(2));
