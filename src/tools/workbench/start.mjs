// `npm start`: installs what is missing, builds and packages the extension, and opens it. Plain JavaScript, because it
// runs before the dependencies are there.
import { prepare, run, typescript } from '../setup/dependencies.mjs';
import { runScript } from '../setup/step.mjs';

await runScript(prepare);
run('src/tools/build/build.mjs');
run(...typescript('src/tools/packaging/vsix.ts'));
run(...typescript('src/tools/workbench/start.ts'), ...process.argv.slice(2));
