// Makes the lock files of what `involution engines install tensorflow` fetches: `npx tsx <this file>`. To be run, and
// what changed to be read, when the binding's version or an override in packages.ts changes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockName, writePackages } from '../../engines/tensorflow/binding/packages';
import { npmCommand } from '../../node/programs.mjs';

for (const name of ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'involution-lock-'));
  writePackages(folder, name);
  const { file, args, env } = npmCommand([
    'install',
    '--package-lock-only',
    '--omit-lockfile-registry-resolved',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ]);
  execFileSync(file, args, { cwd: folder, env, stdio: 'inherit' });
  copyFileSync(join(folder, 'package-lock.json'), join('src/engines/tensorflow/binding', lockName(name)));
  rmSync(folder, { recursive: true });
}
