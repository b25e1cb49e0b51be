import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { unzipSync } from 'fflate';
import { extract } from 'tar';
import { download, removePart } from '../../node/data/download';
import type { AssertHeld } from '../../node/exclusive';
import { EngineError } from '../engine';
import { bindingVersion } from './installation';

/** A file to fetch. */
export interface Archive {
  readonly url: string;
  /** Null: its publisher names none, and no one else does. */
  readonly sha256: string | null;
}

/** What the stock TensorFlow is made of. */
export interface StockSources {
  /** @throws EngineError where there is none that can be checked. */
  library(gpu: boolean): Archive;
  /** The binding as its makers compiled it; null where they did not. */
  binding(gpu: boolean): Archive | null;
}

const storage = 'https://storage.googleapis.com/';
const systems: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

/**
 * TensorFlow publishes no checksums of these files. The values are those that packagers pinned when they fetched them:
 * nixpkgs (Linux and macOS, both processors), wamuir/graft (Linux, its GPU, macOS) and TensorFlow's DirectML plug-in
 * (Linux, Windows); they agree where they meet. Of the one for a GPU on Windows none is known.
 */
const libraries: Readonly<Record<string, { readonly path: string; readonly sha256: string }>> = {
  'cpu-linux-x64': {
    path: 'tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
    sha256: '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173',
  },
  'gpu-linux-x64': {
    path: 'tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz',
    sha256: '20c46f761d5905f592c4eac0812e8e50d9cb439f9440a9391912cf4c02ed8be8',
  },
  'cpu-linux-arm64': {
    path: 'tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz',
    sha256: '9395d1ff39f5b6847f5121e679ff4e599dc7061a2a7f87ceac061c78e908e6e3',
  },
  'cpu-darwin-x64': {
    path: 'tensorflow/libtensorflow/libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz',
    sha256: '56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226',
  },
  'cpu-darwin-arm64': {
    path: 'tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz',
    sha256: '13ab22b97e2af06e431aaeb7b42fb89981965dd01aa16da035d8210aa4183d79',
  },
  'cpu-win32-x64': {
    path: 'tensorflow/libtensorflow/libtensorflow-cpu-windows-x86_64-2.9.1.zip',
    sha256: '56fa7e84c984144311563b405bd0e565568f3cbe2c15ac4713e9c8174a02b00f',
  },
};

export const stockSources: StockSources = {
  library: (gpu) => stockLibrary(gpu),
  // The makers compile for x64 only, and give no checksums.
  binding(gpu) {
    const system = systems[process.platform];
    if (process.arch !== 'x64' || !system) return null;
    const suffix = process.platform === 'win32' ? 'zip' : 'tar.gz';
    const name = `${gpu ? 'GPU' : 'CPU'}-${system}-${bindingVersion}.${suffix}`;
    return { url: `${storage}tf-builds/pre-built-binary/napi-v8/${bindingVersion}/${name}`, sha256: null };
  },
};

export function stockLibrary(gpu: boolean, platform = process.platform, arch = process.arch): Archive {
  const kind = gpu ? 'gpu' : 'cpu';
  const machine = `${platform}-${arch}`;
  const entry = libraries[`${kind}-${machine}`];
  if (entry) return { url: storage + entry.path, sha256: entry.sha256 };
  throw new EngineError(
    'tensorflow',
    gpu
      ? l10n.t('there is no TensorFlow for a GPU to download for {0} whose checksum is known.', machine)
      : l10n.t('there is no TensorFlow to download for {0} whose checksum is known.', machine),
    gpu && `cpu-${machine}` in libraries
      ? l10n.t('Install the one for a CPU, or choose the webgpu engine.')
      : l10n.t('Link to one that pip installs (--libtensorflow DIR), or choose another engine.'),
  );
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly assertHeld: AssertHeld;
  readonly onBytes: (received: number, total: number | null) => void;
  /** Told what was fetched, its hash, and whether that could be compared with anything. */
  readonly onFetched: (sentence: string) => void;
}

/** The largest, for a GPU, has less than half of this. */
const mostBytes = 1_500_000_000;

/** Fetches an archive into `folder`, where a later call takes up what is left of it, and checks its hash. */
export async function fetchArchive(
  { url, sha256 }: Archive,
  folder: string,
  { signal, assertHeld, onBytes, onFetched }: FetchOptions,
): Promise<string> {
  const part = join(folder, `${basename(new URL(url).pathname)}.part`);
  await download(url, part, {
    mostBytes,
    signal,
    assertHeld,
    onProgress: onBytes,
    // Without a checksum only the server's certificate vouches for it.
    alwaysVerified: sha256 === null,
  });
  const hash = createHash('sha256');
  await pipeline(createReadStream(part, { highWaterMark: 1 << 20 }), hash, { signal });
  const actual = hash.digest('hex');
  if (sha256 !== null && actual !== sha256) {
    await removePart(part);
    throw new Error(
      l10n.t(
        '{0} is not what it should be: its SHA-256 is {1} instead of {2}. It was not unpacked',
        ...[url, actual, sha256],
      ),
    );
  }
  onFetched(
    sha256 === null
      ? l10n.t('{0}: SHA-256 {1}; none is known to compare it with', url, actual)
      : l10n.t('{0}: SHA-256 {1}, as expected', url, actual),
  );
  return part;
}

/** Lays the library out in tfjs-node's folder `deps`, as its own script would. */
export async function unpackLibrary(archive: string, deps: string): Promise<void> {
  await mkdir(deps, { recursive: true });
  if (!archive.endsWith('.zip.part')) {
    await extract({ file: archive, cwd: deps, strict: true });
    return;
  }
  for (const [name, bytes] of Object.entries(unzipSync(await readFile(archive)))) {
    if (name.endsWith('/') || !/^(include\/|lib\/|tensorflow\.dll$)/.test(name) || name.includes('..'))
      continue;
    const file = join(deps, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  const library = join(deps, 'lib', 'tensorflow.dll');
  if (await exists(library)) return;
  await mkdir(dirname(library), { recursive: true });
  await rename(join(deps, 'tensorflow.dll'), library);
}

/** Puts the compiled binding where tfjs-node looks for it. */
export async function unpackBinding(archive: string, installed: string): Promise<void> {
  const folder = join(installed, 'lib', 'napi-v8');
  await mkdir(folder, { recursive: true });
  await extract({
    file: archive,
    cwd: folder,
    strip: 1,
    filter: (path) => basename(path) === 'tfjs_binding.node',
  });
  // Windows looks for a library beside what needs it.
  if (process.platform === 'win32')
    await copyFile(join(installed, 'deps', 'lib', 'tensorflow.dll'), join(folder, 'tensorflow.dll'));
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
