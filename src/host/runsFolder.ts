import { posix, win32 } from 'node:path';

/** What a path in the settings may refer to. */
export interface Surroundings {
  /** The folders of the workspace that are on the disk, the first one first. */
  readonly workspaceFolders: readonly { readonly name: string; readonly path: string }[];
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly extensionStorage: string;
  readonly platform: NodeJS.Platform;
}

/** Why a setting names no folder. `variable` is the part of it that can't be resolved. */
export class UnresolvedSetting extends Error {
  override readonly name = 'UnresolvedSetting';
  constructor(
    readonly variable: string,
    readonly reason: 'unknown' | 'no folder open' | 'no such folder' | 'not set',
  ) {
    super(`${variable}: ${reason}`);
  }
}

/**
 * Where runs are kept, by the setting `involutionLab.runsFolder`: absolute, or relative to the first folder of the
 * workspace; without one, in the extension's storage. `~` and the variables that VS Code has for paths are resolved;
 * throws an `UnresolvedSetting` for what can't be, since a folder that is called `${…}` is what nobody wants.
 */
export function locateRunsFolder(setting: string, surroundings: Surroundings): string {
  const { workspaceFolders, extensionStorage, platform } = surroundings;
  const { isAbsolute, join, normalize } = platform === 'win32' ? win32 : posix;
  const path = resolved(setting, surroundings);
  if (isAbsolute(path)) return normalize(path);
  const [first] = workspaceFolders;
  return first ? join(first.path, path) : join(extensionStorage, 'runs');
}

function resolved(setting: string, surroundings: Surroundings): string {
  const [first = ''] = setting.split(surroundings.platform === 'win32' ? /[\\/]/ : '/');
  // Another user's home: only a shell knows where that is.
  if (/^~[\w.-]+$/.test(first)) throw new UnresolvedSetting(first, 'unknown');
  const [before, rest] = first === '~' ? [surroundings.home, setting.slice(1)] : ['', setting];
  return before + rest.replace(/\$\{[^}]*\}?/g, (variable) => resolvedVariable(variable, surroundings));
}

function resolvedVariable(variable: string, surroundings: Surroundings): string {
  const { workspaceFolders, home, environment, platform } = surroundings;
  const name = variable.endsWith('}') ? variable.slice(2, -1) : '';
  const [kind, ...rest] = name.split(':');
  const argument = rest.join(':');
  if (kind === 'workspaceFolder') {
    const folder = argument
      ? workspaceFolders.find((candidate) => candidate.name === argument)
      : workspaceFolders[0];
    if (folder) return folder.path;
    throw new UnresolvedSetting(variable, argument ? 'no such folder' : 'no folder open');
  }
  if (kind === 'env' && argument) {
    const value = environment[argument];
    if (value) return value;
    throw new UnresolvedSetting(variable, 'not set');
  }
  if (name === 'userHome') return home;
  if (name === 'pathSeparator' || name === '/') return platform === 'win32' ? '\\' : '/';
  throw new UnresolvedSetting(variable, 'unknown');
}
