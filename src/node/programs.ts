import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';

/** What decides which programs are found; a test plays another platform with it. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly path: string;
  /** The Node that runs this, or the program that plays Node. */
  readonly execPath: string;
}

const here = (): Surroundings => ({
  platform: process.platform,
  path: process.env.PATH ?? '',
  execPath: process.execPath,
});

/**
 * The first of the programs that is on the PATH, by its absolute path; null when none is. A relative or empty entry of
 * the PATH means the current folder, whose files may be anybody's: it is passed over.
 */
export function findProgram(names: readonly string[], surroundings: Surroundings = here()): string | null {
  const suffixes = surroundings.platform === 'win32' ? ['.exe'] : [''];
  for (const folder of foldersOf(surroundings))
    for (const name of names)
      for (const suffix of suffixes) {
        const file = join(folder, name + suffix);
        if (isProgram(file)) return file;
      }
  return null;
}

/** How npm is started: a program and its first words. */
export interface NpmCommand {
  readonly file: string;
  readonly words: readonly string[];
}

/**
 * The npm that is on the PATH, on Windows else the one beside Node; null when there is none. There npm is a batch file,
 * which only a shell starts: Node runs the script beside it instead, without one.
 */
export function findNpm(surroundings: Surroundings = here()): NpmCommand | null {
  const program = findProgram(['npm'], surroundings);
  if (program && basename(realpathSync(program)) !== 'npm-cli.js') return { file: program, words: [] };
  const script = program ? realpathSync(program) : windowsNpmScript(surroundings);
  if (!script) return null;
  return { file: nodeFor(script, surroundings), words: [script] };
}

function windowsNpmScript(surroundings: Surroundings): string | null {
  if (surroundings.platform !== 'win32') return null;
  const onPath = foldersOf(surroundings).filter((folder) => existsSync(join(folder, 'npm.cmd')));
  const scripts = [...onPath, dirname(surroundings.execPath)].map((folder) =>
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  );
  return scripts.find((file) => existsSync(file)) ?? null;
}

/** VS Code's own executable is a Node too, but no compiler finds its headers: a real one goes first. */
function nodeFor(script: string, surroundings: Surroundings): string {
  const { execPath } = surroundings;
  if (/^node(\.exe)?$/i.test(basename(execPath))) return execPath;
  const installed = join(script, '..', '..', '..', '..', 'node.exe');
  if (existsSync(installed)) return installed;
  return findProgram(['node'], surroundings) ?? execPath;
}

function foldersOf({ platform, path }: Surroundings): string[] {
  const separator = platform === process.platform ? delimiter : platform === 'win32' ? ';' : ':';
  // Windows allows a quoted entry.
  return path
    .split(separator)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => isAbsolute(folder));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * npm's variables that say how it reaches its registry. The rest of what npm puts into the environment of a program that
 * it runs (`npm run …`, `npx …`) describes that npm and its package, and would misguide another.
 */
const keptOfNpm =
  /^npm_config_(registry|proxy|https?_proxy|no_?proxy|cafile|ca|strict_ssl|cache|userconfig|globalconfig|fetch_.*|maxsockets|offline|prefer_offline|prefer_online|@.*|\/\/.*)$/i;

/** The environment for a program that is started: this process's, without what another npm left in it. */
export function childEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || keptOfNpm.test(name));
  return { ...Object.fromEntries(kept), ...changes };
}
