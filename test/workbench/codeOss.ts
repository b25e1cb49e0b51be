import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cacheFolder } from '../../src/node/cacheFolder';
import { ensureDebianPackages } from './debian';

/** Code-OSS 1.139.1 as the npm package code-server carries it, and the Node that it wants. */
const versions = { 'code-server': '4.139.1', node: '24.21.0' };

/** No advice, no assistant, no questions: nothing but the editor. */
export const quietSettings = {
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
};

export interface CodeOss {
  readonly node: string;
  /** The browser edition, as a person opens it. */
  readonly entry: string;
  /** The bare server with its smoke-test driver, for Mocha in the extension host. */
  readonly server: string;
}

/** Installs Code-OSS into the cache (about 600 MB, two minutes) unless it is there. */
export function installCodeOss(say: (line: string) => void): CodeOss {
  const folder = join(cacheFolder(), `code-oss-${versions['code-server']}`);
  const modules = join(folder, 'node_modules');
  const paths = {
    node: join(modules, 'node', 'bin', 'node'),
    entry: join(modules, 'code-server', 'out', 'node', 'entry.js'),
    server: join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
  if (existsSync(join(folder, 'complete'))) return paths;

  ensureDebianPackages(
    ['libkrb5-dev', 'libsecret-1-dev', 'libx11-dev', 'libxkbfile-dev', 'make', 'g++', 'python3'],
    'Code-OSS in the browser',
  );
  say(`Installing Code-OSS ${versions['code-server']} into ${folder} (600 MB, about two minutes)`);
  const building = `${folder}.tmp`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  writeFileSync(join(building, 'package.json'), '{ "private": true }\n');
  for (const [name, version] of Object.entries(versions).reverse())
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: building,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PATH: `${join(building, 'node_modules', 'node', 'bin')}:${process.env.PATH}`,
        // Both packages unpack themselves in install scripts, which npm 11 no longer runs unasked.
        npm_config_dangerously_allow_all_scripts: 'true',
        npm_config_ignore_scripts: 'false',
      },
    });
  writeFileSync(join(building, 'complete'), `${new Date().toISOString()}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(building, folder);
  return paths;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export interface RunningServer {
  readonly address: string;
  readonly process: ChildProcess;
  log(): string;
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers; the error holds its log. */
export async function startServer(
  node: string,
  args: string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningServer> {
  const child = spawn(node, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, VSCODE_IPC_HOOK_CLI: undefined, ELECTRON_RUN_AS_NODE: undefined, ...env },
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const address = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 240) {
      child.kill('SIGKILL');
      throw new Error(`Code-OSS did not start on ${address}.\n${log}`);
    }
    const answered = await fetch(address, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );
    if (answered) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return {
    address,
    process: child,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
