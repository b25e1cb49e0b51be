import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { findProgram } from '../../node/programs.mjs';
import { EngineError } from '../engine';
import { tensorFlowFolder } from './installation';

/** A TensorFlow that is on this machine already. */
export interface Library {
  readonly folder: string;
  readonly include: string;
  /** File names of the C API and of the framework. */
  readonly api: string;
  readonly framework: string;
}

/**
 * Finds the libraries and headers of a pip wheel's `tensorflow` folder or of an unpacked libtensorflow.
 * @throws EngineError when they, or what it takes to link to them, are not there.
 */
export function locateLibrary(chosen: string): Library {
  const fail = (reason: string) => {
    const command = `python3 -c "import tensorflow; print(tensorflow.__path__[0])"`;
    return new EngineError(
      'tensorflow',
      reason,
      l10n.t("The folder of pip's TensorFlow is printed by: {0}", command),
    );
  };
  if (process.platform !== 'linux')
    throw new EngineError(
      'tensorflow',
      l10n.t('linking to an installed TensorFlow works on Linux only.'),
      l10n.t('Download one instead.'),
    );
  const root = resolve(chosen);
  for (const folder of [root, join(root, 'lib')]) {
    const files = existsSync(folder) ? readdirSync(folder) : [];
    const api = files.find((file) => /^libtensorflow(_cc)?\.so(\.\d+)?$/.test(file));
    const framework = files.find((file) => /^libtensorflow_framework\.so(\.\d+)?$/.test(file));
    if (!api || !framework) continue;
    const include = join(root, 'include');
    if (!existsSync(join(include, 'tensorflow', 'c', 'c_api.h')))
      throw fail(l10n.t('{0} has no {1}.', include, 'tensorflow/c/c_api.h'));
    requireBuildTools();
    return { folder, include, api, framework };
  }
  throw fail(l10n.t('{0} has no {1}.', root, 'libtensorflow.so, libtensorflow_framework.so'));
}

/** Why the binding can't be compiled here; null when it can. */
export function buildObstacle(): { reason: string; cure: string } | null {
  const folder = tensorFlowFolder();
  if (/\s/.test(folder))
    return {
      reason: l10n.t(
        "node-gyp, which compiles the binding, can't work below a path with a space, as in {0}.",
        folder,
      ),
      cure: l10n.t('Set {0} to a folder without one.', 'INVOLUTION_LAB_CACHE'),
    };
  const tools = {
    make: ['make'],
    [l10n.t('a C++ compiler')]: ['c++', 'g++', 'clang++'],
    python3: ['python3'],
  };
  const missing = Object.entries(tools).find(([, names]) => !findProgram(names));
  return missing
    ? {
        reason: l10n.t(
          'compiling the binding to TensorFlow needs {0}, which is not on the PATH.',
          missing[0],
        ),
        cure: l10n.t(
          'Install a compiler (on Debian and Ubuntu: {0}).',
          'apt-get install build-essential python3',
        ),
      }
    : null;
}

function requireBuildTools(): void {
  const obstacle = buildObstacle();
  if (obstacle) throw new EngineError('tensorflow', obstacle.reason, obstacle.cure);
}

/**
 * The binding finds its libraries in deps/lib: that becomes the library's own folder, so that it in turn finds what
 * lies beside it (CUDA, in pip's wheels). The linker wants names without versions: those are in deps/link.
 */
export function linkLibrary(installed: string, { folder, include, api, framework }: Library): void {
  const deps = join(installed, 'deps');
  mkdirSync(join(deps, 'link'), { recursive: true });
  symlinkSync(include, join(deps, 'include'));
  symlinkSync(folder, join(deps, 'lib'));
  symlinkSync(join(folder, api), join(deps, 'link', 'libtensorflow.so'));
  symlinkSync(join(folder, framework), join(deps, 'link', 'libtensorflow_framework.so'));
}

/** Current headers of TensorFlow are C++17; make runs in the package's folder `build`. */
export const buildEnvironment = { CXXFLAGS: '-std=c++17', LDFLAGS: '-L../deps/link', ...localNodeHeaders() };

/** Saves node-gyp a download where Node's headers lie beside it. */
function localNodeHeaders(): Record<string, string> {
  const prefix = resolve(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: prefix } : {};
}
