import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { ensureCacheFolder } from '../../node/cacheFolder';
import { removePart } from '../../node/data/download';
import { type AssertHeld, exclusively } from '../../node/exclusive';
import { explained, FileError } from '../../node/files/explain';
import { findNpm, npmCommand } from '../../node/programs.mjs';
import { EngineError } from '../engine';
import { writeLock, writePackages } from './binding/packages';
import { buildingFolder, bytesOf, clearLeftovers, putInPlace } from './engineFolder';
import {
  bindingVersion,
  checkTensorFlow,
  type Installation,
  installationFile,
  packageFolder,
  type TensorFlowFound,
  tensorFlowFolder,
} from './installation';
import { buildEnvironment, buildObstacle, type Library, linkLibrary, locateLibrary } from './linkedLibrary';
import { runLogged } from './loggedCommand';
import {
  type Archive,
  type FetchOptions,
  fetchArchive,
  type StockSources,
  stockSources,
  unpackBinding,
  unpackLibrary,
} from './stockLibrary';

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
const fullLog = () => l10n.t('Full log: {0}', installLog());

/** What the steps of one installation share. */
interface Installing {
  readonly name: Installation['package'];
  readonly gpu: boolean;
  /** Everything is made in here. */
  readonly building: string;
  /** tfjs-node's own folder in there. */
  readonly installed: string;
  readonly log: string;
  readonly signal: AbortSignal | undefined;
  readonly assertHeld: AssertHeld;
  readonly onProgress: NonNullable<InstallOptions['onProgress']>;
}

/**
 * Installs the tensorflow engine: TF.js's Node binding, and either the TensorFlow that it was made for (2.9.1, CUDA
 * 11.2) or a link to one that is there already, of any later version. All of it happens in a folder beside the engine's,
 * which takes its place when TensorFlow was seen to work; until then, and when it fails, what was installed before
 * stays. Processes that install at the same time take turns.
 * @throws EngineError with the cause and the cure; the signal's reason when aborted.
 */
export async function installTensorFlow(
  options: InstallOptions,
  sources: StockSources = stockSources,
): Promise<InstalledTensorFlow> {
  const { gpu = false, signal, onProgress = () => {} } = options;
  const library = options.libtensorflow === undefined ? null : locateLibrary(options.libtensorflow);
  const stock = library ? null : sources.library(gpu);
  requireNpm();
  const parent = ensureCacheFolder('engines');
  const name: Installation['package'] = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const building = buildingFolder();
  const installed = packageFolder(building, { package: name });
  const log = installLog();
  const onWait = () =>
    onProgress({
      message: l10n.t('Another process is installing TensorFlow; waiting for that'),
      fraction: null,
    });
  return exclusively(
    join(parent, 'tensorflow.lock'),
    async (assertHeld) => {
      await clearLeftovers();
      try {
        mkdirSync(building, { mode: 0o700 });
        writeFileSync(log, `Installing ${name} ${bindingVersion} into ${tensorFlowFolder()}\n`);
        const installing = { name, gpu, building, installed, log, signal, assertHeld, onProgress };
        await fetchBinding(installing);
        if (library) await linkTo(library, installing);
        else await fetchStock(stock!, sources.binding(gpu), installing);
        return await finish(installing, library);
      } catch (error) {
        await rm(building, { recursive: true, force: true });
        // Only what the system refused has a number: a full disk, say.
        const isSystem = typeof (error as NodeJS.ErrnoException).errno === 'number';
        throw isSystem ? explained(error, 'written', building) : error;
      }
    },
    { signal, onWait },
  );
}

/** The packages, each of the version and with the hash that the lock file says; none of their scripts is run. */
async function fetchBinding(installing: Installing): Promise<void> {
  const { name, building, log, signal, onProgress } = installing;
  onProgress({
    message: l10n.t('Fetching the binding of TensorFlow.js to TensorFlow (9 MB)'),
    fraction: 0.05,
  });
  writePackages(building, name);
  writeLock(building, name);
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await step(
    installing,
    l10n.t('npm could not fetch the binding'),
    l10n.t('Check the network, or npm’s proxy and registry.'),
    () => runLogged({ ...npmCommand(words), cwd: building, log, signal }),
  );
}

async function linkTo(library: Library, installing: Installing): Promise<void> {
  installing.onProgress({
    message: l10n.t('Linking to {0} (compiling, under a minute)', library.folder),
    fraction: 0.4,
  });
  linkLibrary(installing.installed, library);
  await compile(installing, l10n.t('It needs the headers of this TensorFlow, beside it.'));
}

async function compile(installing: Installing, cure: string): Promise<void> {
  const { installed, log, signal } = installing;
  const { file, args } = npmCommand(['run', 'build-addon-from-source']);
  try {
    await step(installing, l10n.t('the binding did not compile'), cure, () =>
      runLogged({ file, args, cwd: installed, env: buildEnvironment, log, signal }),
    );
  } catch (error) {
    throw lacksNodeHeaders(error) ? headersError() : error;
  } finally {
    rmSync(join(installed, 'build'), { recursive: true, force: true });
  }
}

/** node-gyp says of a download that failed only that it is not node-gyp's fault; and headers are all that it downloads. */
const lacksNodeHeaders = (error: unknown): boolean =>
  error instanceof EngineError && error.cause_.includes('most likely not a problem with node-gyp');

const headersError = () =>
  new EngineError(
    'tensorflow',
    l10n.t(
      'the headers of Node.js, which the binding is compiled with, are not beside it and could not be downloaded from nodejs.org.',
    ),
    `${l10n.t('Check the network or the proxy, or use a Node.js that brings them, as its archives on nodejs.org do.')} ${fullLog()}`,
  );

/**
 * The TensorFlow that the binding was made for, checked before it is unpacked. The binding is compiled here where that
 * can be done, from source that the lock file vouches for; else, its makers' build is taken, which only their server's
 * certificate vouches for.
 */
async function fetchStock(library: Archive, binding: Archive | null, installing: Installing): Promise<void> {
  const { installed, log, signal, assertHeld, onProgress } = installing;
  const parent = dirname(tensorFlowFolder());
  const cure = l10n.t(
    'Check the network or the proxy, or link to a TensorFlow that pip installs (--libtensorflow DIR).',
  );
  const options: FetchOptions = {
    signal,
    assertHeld,
    onBytes(received, total) {
      const megabytes = Math.round(received / 1e6);
      onProgress({
        message: l10n.t('Downloading TensorFlow: {0} MB so far', megabytes),
        fraction: total && 0.1 + (0.6 * received) / total,
      });
    },
    onFetched: (sentence) => appendFileSync(log, `\n${sentence}\n`),
  };
  const fetched: string[] = [];
  const fetch = async (archive: Archive, unpack: (file: string) => Promise<void>) => {
    await step(installing, l10n.t('TensorFlow could not be downloaded'), cure, async () => {
      const file = await fetchArchive(archive, parent, options);
      fetched.push(file);
      await unpack(file);
    });
  };
  await fetch(library, (file) => unpackLibrary(file, join(installed, 'deps')));
  const isCompiled = await compileIfPossible(installing, binding !== null);
  if (!isCompiled) await fetch(binding!, (file) => unpackBinding(file, installed));
  // Kept until here: an installation that is interrupted is taken up without another download.
  for (const file of fetched) await removePart(file);
}

/** @param spare there is another way: what prevents it is only noted. */
async function compileIfPossible(installing: Installing, spare: boolean): Promise<boolean> {
  const { log, onProgress, signal } = installing;
  const obstacle = process.platform === 'win32' ? { reason: 'on Windows.', cure: '' } : buildObstacle();
  if (obstacle) {
    if (!spare) throw new EngineError('tensorflow', obstacle.reason, obstacle.cure);
    appendFileSync(log, `\n${l10n.t('The binding is not compiled here: {0}', obstacle.reason)}\n`);
    return false;
  }
  onProgress({ message: l10n.t('Compiling the binding (under a minute)'), fraction: 0.75 });
  try {
    await compile(installing, '');
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (!spare) throw error;
    appendFileSync(log, `\n${l10n.t('The binding did not compile here: its makers’ build is taken.')}\n`);
    return false;
  }
}

async function finish(installing: Installing, library: Library | null): Promise<InstalledTensorFlow> {
  const { name, building, signal, assertHeld, onProgress } = installing;
  onProgress({ message: l10n.t('Starting TensorFlow'), fraction: 0.9 });
  const found = await checkTensorFlow(building, { package: name });
  signal?.throwIfAborted();
  const record: Installation = {
    package: name,
    libtensorflow: library?.folder ?? null,
    bytes: await bytesOf(building),
  };
  writeFileSync(join(building, installationFile), `${JSON.stringify(record, null, 2)}\n`);
  assertHeld();
  await putInPlace(building);
  onProgress({ message: l10n.t('TensorFlow {0} is installed', found.version), fraction: 1 });
  return { ...record, ...found, folder: tensorFlowFolder() };
}

/** What npm, a compiler or a download said becomes the engine's error; what the disk refused is told by the caller. */
async function step(
  { signal }: Installing,
  failure: string,
  cure: string,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    signal?.throwIfAborted();
    const { message, errno } = error as NodeJS.ErrnoException;
    if (error instanceof FileError || typeof errno === 'number') throw error;
    const said = message.replace(/\.$/, '');
    throw new EngineError('tensorflow', `${failure}: ${said}.`, `${cure} ${fullLog()}`.trim());
  }
}

function requireNpm(): void {
  if (findNpm()) return;
  throw new EngineError(
    'tensorflow',
    l10n.t('npm, which fetches it, is not on the PATH.'),
    l10n.t(
      'Install Node.js 20 or later, then start the terminal or VS Code again so that it sees the new PATH.',
    ),
  );
}
