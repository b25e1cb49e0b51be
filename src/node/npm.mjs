// How a child npm is started: npm's own script, by a Node, without a shell, in an environment of its own. Plain
// JavaScript, because it is also what installs the dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

/**
 * The environment without what an outer npm added to it (`npm_*`, `INIT_CWD`): a child npm, and the install scripts that
 * it runs, would take its Node, its package and its options for their own.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function ownEnvironment(env = process.env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_/i.test(name) && name !== 'INIT_CWD'),
  );
}

/** What decides how npm reaches its registry: the only options of an outer npm that a child gets. */
const networkOptions = ['registry', 'proxy', 'https-proxy', 'noproxy', 'cafile', 'ca', 'strict-ssl', 'cache'];

/**
 * The person's own network options, which npm may have been given by its environment alone, as words for a child npm.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function networkWords(env = process.env) {
  return networkOptions.flatMap((name) => {
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    return value ? [`--${name}=${value}`] : [];
  });
}

/**
 * @param {readonly string[]} words `['install', 'left-pad']`
 * @param {{ node?: string; env?: NodeJS.ProcessEnv; additions?: NodeJS.ProcessEnv }} [options] the Node that runs npm,
 * the environment that the child's is made of, and what is added to it
 * @returns {{ file: string; args: string[]; env: NodeJS.ProcessEnv }} for `spawn`
 * @throws when there is no npm
 */
export function npmCommand(words, { node = process.execPath, env = process.env, additions = {} } = {}) {
  const [first, ...rest] = words;
  return {
    file: node,
    args: [npmScript(env), first, ...networkWords(env), ...rest],
    env: { ...ownEnvironment(env), ...additions },
  };
}

/**
 * `npm-cli.js`: of the npm that runs us, beside this Node, or of the `npm` on the PATH.
 * @param {NodeJS.ProcessEnv} env
 */
function npmScript(env) {
  const script = join('node_modules', 'npm', 'bin', 'npm-cli.js');
  const prefix = dirname(process.execPath);
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute);
  const found = [
    env.npm_execpath?.endsWith('npm-cli.js') ? env.npm_execpath : undefined,
    join(prefix, script),
    join(prefix, '..', 'lib', script),
    ...folders.flatMap((folder) => [join(folder, script), linkedScript(join(folder, 'npm'))]),
  ].find((file) => file && existsSync(file));
  if (found) return found;
  throw new Error(
    'There is no npm beside this Node and none on the PATH. Install Node.js with npm, then try again.',
  );
}

/**
 * On Unix `npm` is a link to its script.
 * @param {string} file
 */
function linkedScript(file) {
  try {
    const target = realpathSync(file);
    return target.endsWith('.js') ? target : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The proxy that a person gave npm, by its environment or a configuration file.
 * @returns {string | undefined}
 */
export function npmProxy() {
  const { file, args, env } = npmCommand(['config', 'get', 'https-proxy']);
  const { stdout } = spawnSync(file, args, { env, encoding: 'utf8' });
  const proxy = stdout?.trim();
  return proxy && proxy !== 'null' && proxy !== 'undefined' ? proxy : undefined;
}
