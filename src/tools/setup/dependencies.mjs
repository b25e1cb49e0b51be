import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { npmCommand } from '../../node/programs.mjs';
import { requireRoom, runStep } from './step.mjs';

/** Ends the process with an explanation on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 9)) return;
  console.error(`Involution Lab needs Node 20.9 or later; this is ${process.version}.`);
  process.exit(2);
}

/** Installs the dependencies unless node_modules was made from the lock file as it is now. npm writes its own record last. */
export async function installDependencies() {
  const record = 'node_modules/.package-lock.json';
  if (existsSync(record) && statSync(record).mtimeMs >= statSync('package-lock.json').mtimeMs) return;
  console.log('── Installing the dependencies (npm ci; 290 MB to download, 800 MB on disk)');
  requireRoom('Installing the dependencies', process.cwd(), 1);
  // They are tools too: a NODE_ENV of "production" would leave most of them out.
  await runStep({
    failure: 'npm could not install the dependencies',
    ...npmCommand(['ci', '--include=dev']),
    shown: 'npm ci',
  });
}

/** A Node that is new enough, and the dependencies: what every command of this checkout begins with. */
export async function prepare() {
  requireNode();
  await installDependencies();
}

/** The words that run a TypeScript file. */
export const typescript = (/** @type {string} */ file) => ['--import', 'tsx', file];

/** Runs one of our scripts in view; ends this process when it fails. */
export function run(/** @type {string[]} */ ...words) {
  console.log(`── node ${words.join(' ')}`);
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
