import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedTensorFlowJs } from '../backend';
import { bindingVersion, type Installation } from '../installation';

type PackageName = Installation['package'];

const standIns = { '@tensorflow/tfjs': 'file:./tfjs', '@tensorflow/tfjs-core': 'file:./tfjs-core' };

/**
 * tfjs-node wants a TF.js of its own beside it: 300 MB, and a second engine in the process. Two modules of one line
 * give it the one of the program that loads it. What unpacks archives for its build tool is a `tar` that is looked after.
 */
export function writePackages(folder: string, name: PackageName): void {
  const dependencies = { [name]: bindingVersion, ...standIns };
  const overrides = { ...standIns, tar: '7.5.23' };
  const write = (file: string, content: object) => writeFileSync(join(folder, file), JSON.stringify(content));
  write('package.json', { private: true, dependencies, overrides });
  for (const standIn of ['tfjs', 'tfjs-core']) {
    mkdirSync(join(folder, standIn));
    write(join(standIn, 'package.json'), { name: `@tensorflow/${standIn}`, version: bindingVersion });
    writeFileSync(
      join(folder, standIn, 'index.js'),
      `module.exports = globalThis[Symbol.for('${sharedTensorFlowJs}')];\n`,
    );
  }
}

/** Says which version of every package below comes, and the hash it must have. */
export const lockName = (name: PackageName) => `${basename(name)}.lock.json`;

export function writeLock(folder: string, name: PackageName): void {
  const lock = fileURLToPath(new URL(`./${lockName(name)}`, import.meta.url));
  copyFileSync(lock, join(folder, 'package-lock.json'));
}
