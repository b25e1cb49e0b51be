// @ts-check
// How other programs are found and started. Plain JavaScript, because it is also what installs the dependencies.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';

/**
 * What decides which programs are found; a test plays another platform with it. `execPath` is the Node that runs this, or
 * the program that plays Node.
 * @typedef {{ readonly platform: NodeJS.Platform; readonly path: string; readonly execPath: string }} Surroundings
 */

/** @returns {Surroundings} */
const here = () => ({
  platform: process.platform,
  path: process.env.PATH ?? '',
  execPath: process.execPath,
});

/**
 * The first of the programs that is on the PATH, by its absolute path; null when none is. A relative or empty entry of
 * the PATH means the current folder, whose files may be anybody's: it is passed over.
 * @param {readonly string[]} names
 * @param {Surroundings} [surroundings]
 * @returns {string | null}
 */
export function findProgram(names, surroundings = here()) {
  const suffixes = surroundings.platform === 'win32' ? ['.exe'] : [''];
  for (const folder of foldersOf(surroundings))
    for (const name of names)
      for (const suffix of suffixes) {
        const file = join(folder, name + suffix);
        if (isProgram(file)) return file;
      }
  return null;
}

/**
 * How npm is started: a program and its first words.
 * @typedef {{ readonly file: string; readonly words: readonly string[] }} NpmCommand
 */

/**
 * The npm that is on the PATH, on Windows else the one beside Node; null when there is none. There npm is a batch file,
 * which only a shell starts: Node runs the script beside it instead, without one.
 * @param {Surroundings} [surroundings]
 * @returns {NpmCommand | null}
 */
export function findNpm(surroundings = here()) {
  const program = findProgram(['npm'], surroundings);
  if (program && basename(realpathSync(program)) !== 'npm-cli.js') return { file: program, words: [] };
  const script = program ? realpathSync(program) : windowsNpmScript(surroundings);
  if (!script) return null;
  return { file: nodeFor(script, surroundings), words: [script] };
}

/**
 * A call of npm, for `spawn`.
 * @param {readonly string[]} words `['install', 'left-pad']`
 * @returns {{ file: string; args: string[]; env: NodeJS.ProcessEnv }}
 * @throws when there is no npm
 */
export function npmCommand(words) {
  const npm = findNpm();
  if (!npm)
    throw new Error(
      'There is no npm on the PATH. Install Node.js with npm, then try again in a new terminal.',
    );
  return { file: npm.file, args: [...npm.words, ...networkWords(), ...words], env: childEnvironment() };
}

/**
 * The proxy that a person gave npm, by its environment or a configuration file.
 * @returns {string | undefined}
 */
export function npmProxy() {
  const { file, args, env } = npmCommand(['config', 'get', 'https-proxy']);
  const proxy = spawnSync(file, args, { env, encoding: 'utf8' }).stdout?.trim();
  return proxy && proxy !== 'null' && proxy !== 'undefined' ? proxy : undefined;
}

/** @param {Surroundings} surroundings */
function windowsNpmScript(surroundings) {
  if (surroundings.platform !== 'win32') return null;
  const onPath = foldersOf(surroundings).filter((folder) => existsSync(join(folder, 'npm.cmd')));
  const scripts = [...onPath, dirname(surroundings.execPath)].map((folder) =>
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  );
  return scripts.find((file) => existsSync(file)) ?? null;
}

/**
 * VS Code's own executable is a Node too, but no compiler finds its headers: a real one goes first.
 * @param {string} script
 * @param {Surroundings} surroundings
 */
function nodeFor(script, surroundings) {
  const { execPath } = surroundings;
  if (/^node(\.exe)?$/i.test(basename(execPath))) return execPath;
  const installed = join(script, '..', '..', '..', '..', 'node.exe');
  if (existsSync(installed)) return installed;
  return findProgram(['node'], surroundings) ?? execPath;
}

/** @param {Surroundings} surroundings */
function foldersOf({ platform, path }) {
  const separator = platform === process.platform ? delimiter : platform === 'win32' ? ';' : ':';
  // Windows allows a quoted entry.
  return path
    .split(separator)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => isAbsolute(folder));
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** npm's options that say how it reaches its registry, as they are called in the environment. */
const networkOption =
  /^npm_config_(registry|proxy|https?_proxy|no_?proxy|cafile|ca|strict_ssl|cache|userconfig|globalconfig|fetch_.*|maxsockets|offline|prefer_offline|prefer_online)$/i;

/** What a person set of them by the environment alone, as words for a child npm: its environment has none. */
function networkWords() {
  return Object.entries(process.env).flatMap(([name, value]) => {
    const option = networkOption.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    return option && value ? [`--${option}=${value}`] : [];
  });
}

/**
 * The environment for a program that is started: this process's, without what an npm that runs us left in it (`npm_*`,
 * `INIT_CWD`). A child npm, and the install scripts that it runs, would take its Node, its package and its options for
 * their own.
 * @param {NodeJS.ProcessEnv} [changes]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(changes = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) && name !== 'INIT_CWD');
  return { ...Object.fromEntries(own), ...changes };
}
