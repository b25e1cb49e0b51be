import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { assertOwnCache, cacheFolder } from '../../node/cacheFolder';
import { EngineError } from '../engine';

/** The release of TF.js's Node binding that is installed. */
export const bindingVersion = '4.22.0';

const Installation = v.object({
  package: v.picklist(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']),
  /** The folder of the TensorFlow that it is linked to; null: it brought its own. */
  libtensorflow: v.nullable(v.string()),
  /** Bytes on disk, without a TensorFlow that it is only linked to. */
  bytes: v.number(),
});
/** `installation.json` in the engine's folder, the last file that an installation writes. */
export type Installation = v.InferOutput<typeof Installation>;

export function tensorFlowFolder(): string {
  return join(cacheFolder(), 'engines', 'tensorflow');
}

export const installationFile = 'installation.json';

/** @throws EngineError when TensorFlow is not installed, or where it lies can't be trusted. */
export function readInstallation(folder = tensorFlowFolder()): Installation {
  try {
    assertOwnCache('engines', 'tensorflow');
  } catch (error) {
    throw new EngineError('tensorflow', (error as Error).message, '');
  }
  let text: string;
  try {
    text = readFileSync(join(folder, installationFile), 'utf8');
  } catch {
    throw new EngineError(
      'tensorflow',
      l10n.t('TensorFlow is not installed.'),
      l10n.t('Install it with: {0}', 'involution engines install tensorflow'),
    );
  }
  try {
    return v.parse(Installation, JSON.parse(text));
  } catch (error) {
    throw brokenInstallation(
      folder,
      l10n.t("{0} can't be read: {1}", installationFile, (error as Error).message),
    );
  }
}

export function brokenInstallation(folder: string, reason: string): EngineError {
  return new EngineError(
    'tensorflow',
    l10n.t('the TensorFlow in {0} does not work: {1}.', folder, reason),
    l10n.t('Install it again with: {0}', 'involution engines install tensorflow'),
  );
}

/** The package's folder, with TF.js's binding in it. */
export function packageFolder(folder: string, { package: name }: Pick<Installation, 'package'>): string {
  return join(folder, 'node_modules', ...name.split('/'));
}

export interface TensorFlowFound {
  /** "2.21.0". */
  readonly version: string;
  readonly gpu: boolean;
}

/**
 * Loads the native part alone. Run in a process of its own, which a broken library can crash without harm. It was built
 * for Node-API 8, not for one Node: every Node from 20 on, VS Code's too, loads the same file.
 */
const checkScript = `
  const [packageJson] = process.argv.slice(1);
  const required = require('node:module').createRequire(packageJson);
  const binding = required(required('@mapbox/node-pre-gyp').find(packageJson));
  process.stdout.write(JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));
`;

/**
 * Asks the installed TensorFlow itself for its version and device.
 * @throws EngineError when it can't be loaded.
 */
export async function checkTensorFlow(folder: string, installation: Pick<Installation, 'package'>) {
  const packageJson = join(packageFolder(folder, installation), 'package.json');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', checkScript, packageJson], {
      env: { ...process.env, ...quiet },
      timeout: 120_000,
    });
    return JSON.parse(stdout) as TensorFlowFound;
  } catch (error) {
    throw brokenInstallation(folder, whatLoaderSaid(error as Error & { stderr?: string; signal?: string }));
  }
}

/** TensorFlow's own messages about the processor and the like: errors only. */
export const quiet = { TF_CPP_MIN_LOG_LEVEL: '2' };

function whatLoaderSaid({ stderr = '', message, signal }: Error & { stderr?: string; signal?: string }) {
  const thrown = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
  return thrown ?? (signal ? l10n.t('it ended with {0}', signal) : message.split('\n')[0]!);
}
