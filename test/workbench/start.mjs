// `npm start`: installs what is missing, builds and packages the extension, and opens it. Plain JavaScript, because it
// runs before the dependencies are there.
import { prepare, run } from '../dependencies.mjs';

prepare();
run('node', 'esbuild.mjs');
run('npm', 'run', '--silent', 'package');
run('npx', 'tsx', 'test/workbench/start.ts', ...process.argv.slice(2));
