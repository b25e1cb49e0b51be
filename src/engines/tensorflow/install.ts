import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { EngineError } from '../engine';
import { sharedTensorFlowJs } from './backend';
import {
  bindingVersion,
  checkTensorFlow,
  type Installation,
  installationFile,
  packageFolder,
  type TensorFlowFound,
  tensorFlowFolder,
} from './installation';
import { buildEnvironment, linkLibrary, locateLibrary } from './linkedLibrary';
import { CommandError, findOnPath, runLogged } from './loggedCommand';

export interface InstallOptions {
  /** For an NVIDIA GPU. */
  readonly gpu?: boolean;
  /** Link to the TensorFlow in this folder (pip's `tensorflow`, or an unpacked libtensorflow) and download none. */
  readonly libtensorflow?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: { message: string; fraction: number | null }) => void;
}

export interface InstalledTensorFlow extends TensorFlowFound, Installation {
  readonly folder: string;
}

export const installLog = () => join(dirname(tensorFlowFolder()), 'tensorflow-install.log');

/**
 * Installs the tensorflow engine: TF.js's Node binding, and either the TensorFlow that it pins (2.9.1, CUDA 11.2) or a
 * link to one that is there already, of any later version. All of it happens in a folder beside the engine's, which
 * takes its place when TensorFlow was seen to work; until then, and when it fails, what was installed before stays.
 * @throws EngineError with the cause and the cure; the signal's reason when aborted.
 */
export async function installTensorFlow(options: InstallOptions): Promise<InstalledTensorFlow> {
  const { gpu = false, signal, onProgress = () => {} } = options;
  const folder = tensorFlowFolder();
  const log = installLog();
  const building = `${folder}.installing-${process.pid}`;
  const library = options.libtensorflow === undefined ? null : locateLibrary(options.libtensorflow);
  const npm = npmOrExplain();
  const name = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const installed = packageFolder(building, { package: name });
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  writeFileSync(log, `Installing ${name} ${bindingVersion} into ${folder}\n`);
  try {
    onProgress({
      message: l10n.t('Fetching the binding of TensorFlow.js to TensorFlow (9 MB)'),
      fraction: 0.05,
    });
    writePackages(building, name);
    const fetch = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    await step('npm could not fetch the binding', 'Check the network, or npm’s proxy and registry.', () =>
      runLogged({ file: npm, args: fetch, cwd: building, log, signal }),
    );
    if (library) {
      onProgress({
        message: l10n.t('Linking to {0} (compiling, under a minute)', library.folder),
        fraction: 0.4,
      });
      linkLibrary(installed, library);
      const [args, env] = [['run', 'build-addon-from-source'], buildEnvironment];
      await step('the binding did not compile', 'It needs the headers of this TensorFlow, beside it.', () =>
        runLogged({ file: npm, args, cwd: installed, env, log, signal }),
      );
      rmSync(join(installed, 'build'), { recursive: true, force: true });
    } else {
      const cure =
        'Check the network or the proxy, or link to a TensorFlow that pip installs: --libtensorflow DIR.';
      const args = ['rebuild', name, '--foreground-scripts'];
      await watchingSize(join(installed, 'deps'), onProgress, () =>
        step('TensorFlow could not be downloaded', cure, () =>
          runLogged({ file: npm, args, cwd: building, log, signal }),
        ),
      );
    }
    onProgress({ message: l10n.t('Starting TensorFlow'), fraction: 0.9 });
    const found = await checkTensorFlow(building, { package: name });
    signal?.throwIfAborted();
    const record: Installation = {
      package: name,
      libtensorflow: library?.folder ?? null,
      bytes: await bytesOf(building),
    };
    writeFileSync(join(building, installationFile), `${JSON.stringify(record, null, 2)}\n`);
    await replace(folder, building);
    onProgress({ message: l10n.t('TensorFlow {0} is installed', found.version), fraction: 1 });
    return { ...record, ...found, folder };
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}

/** @returns the bytes that are free again; 0 when it was not installed. */
export async function removeTensorFlow(): Promise<number> {
  const folder = tensorFlowFolder();
  if (!existsSync(folder)) return 0;
  const bytes = await bytesOf(folder);
  await rm(folder, { recursive: true, force: true });
  return bytes;
}

async function step(failure: string, cure: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const said = error.message.replace(/\.$/, '');
    throw new EngineError('tensorflow', `${failure}: ${said}.`, `${cure} Full log: ${installLog()}`);
  }
}

/**
 * tfjs-node wants a TF.js of its own beside it: 300 MB, and a second engine in the process. Two modules of one line
 * give it the one of the program that loads it.
 */
function writePackages(folder: string, name: string): void {
  const standIns = { '@tensorflow/tfjs': 'file:./tfjs', '@tensorflow/tfjs-core': 'file:./tfjs-core' };
  const dependencies = { [name]: bindingVersion, ...standIns };
  const write = (file: string, content: object) => writeFileSync(join(folder, file), JSON.stringify(content));
  write('package.json', { private: true, dependencies, overrides: standIns });
  for (const standIn of ['tfjs', 'tfjs-core']) {
    mkdirSync(join(folder, standIn));
    write(join(standIn, 'package.json'), { name: `@tensorflow/${standIn}`, version: bindingVersion });
    writeFileSync(
      join(folder, standIn, 'index.js'),
      `module.exports = globalThis[Symbol.for('${sharedTensorFlowJs}')];\n`,
    );
  }
}

function npmOrExplain(): string {
  const npm = findOnPath(...(process.platform === 'win32' ? ['npm.cmd', 'npm'] : ['npm']));
  if (npm) return npm;
  throw new EngineError(
    'tensorflow',
    'npm, which fetches it, is not on the PATH.',
    'Install Node.js 20 or later, then start the terminal or VS Code again so that it sees the new PATH.',
  );
}

async function watchingSize(
  folder: string,
  onProgress: NonNullable<InstallOptions['onProgress']>,
  run: () => Promise<void>,
): Promise<void> {
  const tell = async () => {
    const megabytes = Math.round((await bytesOf(folder)) / 1e6);
    onProgress({ message: l10n.t('Downloading TensorFlow: {0} MB so far', megabytes), fraction: null });
  };
  const timer = setInterval(() => void tell(), 1000);
  try {
    await Promise.all([tell(), run()]);
  } finally {
    clearInterval(timer);
  }
}

/** Of all files below a folder, links not followed. */
async function bytesOf(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Puts `source` where `target` is or was. */
async function replace(target: string, source: string): Promise<void> {
  const old = `${target}.old-${process.pid}`;
  if (existsSync(target)) await rename(target, old);
  await rename(source, target);
  await rm(old, { recursive: true, force: true });
}
