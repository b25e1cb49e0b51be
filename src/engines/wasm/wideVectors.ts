import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as l10n from '@vscode/l10n';
import { kernelsFileFor, wideVectorsProbe } from './assets';
import { fusesMultiplyAdd } from './fusedArithmetic';

/**
 * V8's option to make one operation of 256 bits of two of WebAssembly's neighbouring vectors of 128, by the names it has
 * had: staged since 15.4, an experiment before.
 */
const names = ['--wasm-revectorize', '--experimental-wasm-revectorize'];

/** The first V8 (that of Node 24) that does so in loops. */
const FIRST_V8 = 13;

const VARIABLE = 'INVOLUTION_LAB_VECTORS';

/** Whether to look for it: not where INVOLUTION_LAB_VECTORS is 128. */
export function wantsWideVectors(environment = process.env): boolean {
  const asked = environment[VARIABLE];
  if (asked && asked !== '128')
    throw new Error(l10n.t('{0} is "{1}"; it can be {2}, or unset.', VARIABLE, asked, 128));
  return !asked;
}

let found: Promise<string | undefined> | undefined;

/**
 * The option of this V8 with which tiles of two panels are faster than tiles of one, and have the same bits; undefined where
 * there is none. A process of its own measures it, once: V8 prints what it thinks of options that it doesn't have, and what
 * is an experiment may crash.
 */
export function wideningOption(): Promise<string | undefined> {
  found ??= find();
  return found;
}

async function find(): Promise<string | undefined> {
  const v8 = Number.parseInt(process.versions.v8, 10);
  // Whatever has vectors of 256 bits fuses multiplication and addition as well.
  if (process.arch !== 'x64' || v8 < FIRST_V8 || !fusesMultiplyAdd()) return undefined;
  const args = ['--no-liftoff', wideVectorsProbe, kernelsFileFor(true), ...names];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      timeout: 5000,
      // VS Code's own executable is a Node.js only when it is told to be.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    // V8 complains by name about options that it doesn't have.
    return stdout === 'wide' ? names.find((name) => !stderr.includes(name)) : undefined;
  } catch {
    return undefined;
  }
}
