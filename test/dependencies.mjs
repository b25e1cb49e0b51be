import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

/** Ends the process with an explanation on a Node that is too old. */
export function requireNode() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major >= 20) return;
  console.error(`Involution Lab needs Node 20 or later; this is ${process.version}.`);
  process.exit(2);
}

/** Whether node_modules was installed from the lock file as it is now. */
export function dependenciesCurrent() {
  const installed = 'node_modules/.package-lock.json';
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
}

/** A Node that is new enough, and the dependencies: what every command of this checkout begins with. */
export function prepare() {
  requireNode();
  if (!dependenciesCurrent()) run('npm', 'ci');
}

/** Runs a command in view; ends this process when it fails. */
export function run(program, ...words) {
  console.log(`── ${program} ${words.join(' ')}`);
  const { status } = spawnSync(program, words, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}
