import { readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from '../../node/programs.mjs';
import { buildObstacle, locateLibrary } from './linkedLibrary';

/** A TensorFlow that pip has installed. */
export interface InstalledLibrary {
  /** Its folder `tensorflow`. */
  readonly folder: string;
  readonly version: string;
}

/** The first with Keras 3, and whose headers the binding is tried with. */
const oldest = [2, 16] as const;

/**
 * The newest TensorFlow that the Python of this terminal would import, if the binding can be linked to it; null when
 * there is none. Nothing is started for it: folders tell.
 * @param prefixes where Pythons are installed, that have their packages in lib/python3.x
 */
export function findInstalledLibrary(prefixes = pythonPrefixes()): InstalledLibrary | null {
  if (buildObstacle()) return null;
  const found = prefixes.flatMap(packageFolders).flatMap(librariesIn);
  return found.sort((a, b) => -compared(a.version, b.version)).find(isLinkable) ?? null;
}

/** Of the environment that is active, of the `python3` on the PATH, and where Debian and pip put packages of a user or the machine. */
function pythonPrefixes(): string[] {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  const python = findProgram(['python3']);
  const installed = python ? [python, realpathSync(python)].map((file) => dirname(dirname(file))) : [];
  const all = [VIRTUAL_ENV, CONDA_PREFIX, ...installed, '/usr/local', join(homedir(), '.local')];
  return [...new Set(all.filter((prefix) => prefix !== undefined && prefix !== ''))] as string[];
}

function packageFolders(prefix: string): string[] {
  const lib = join(prefix, 'lib');
  return namesIn(lib)
    .filter((name) => /^python3(\.\d+)?$/.test(name))
    .flatMap((name) => ['site-packages', 'dist-packages'].map((packages) => join(lib, name, packages)));
}

/** pip notes what it has installed in a folder "tensorflow_cpu-2.21.0.dist-info". */
function librariesIn(packages: string): InstalledLibrary[] {
  return namesIn(packages).flatMap((name) => {
    const [, version] = /^tensorflow(?:_cpu|_gpu)?-(\d+\.\d+\.\d+)\.dist-info$/.exec(name) ?? [];
    return version === undefined ? [] : [{ folder: join(packages, 'tensorflow'), version }];
  });
}

function isLinkable({ folder, version }: InstalledLibrary): boolean {
  if (compared(version, oldest.join('.')) < 0) return false;
  try {
    locateLibrary(folder);
    return true;
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Negative when the first is the older one. */
function compared(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  return left.map((part, i) => part - (right[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
