// `npm start`: installs what is missing, builds and packages the extension, and opens it. Plain JavaScript, because it
// runs before the dependencies are there.
import { spawnSync } from 'node:child_process';
import { dependenciesCurrent, requireNode } from '../dependencies.mjs';

requireNode();
const steps = [
  ...(dependenciesCurrent() ? [] : [['npm', 'ci']]),
  ['node', 'esbuild.mjs'],
  ['npm', 'run', '--silent', 'package'],
  ['npx', 'tsx', 'test/workbench/start.ts', ...process.argv.slice(2)],
];
for (const [program, ...words] of steps) {
  console.log(`── ${program} ${words.join(' ')}`);
  const { status } = spawnSync(program, words, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}
