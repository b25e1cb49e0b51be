import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CodeOss, ensureCodeOss } from '../setup/codeOss';

/** No advice, no assistant, no questions: nothing but the editor. */
export const quietSettings = {
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
};

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export interface ServerOptions {
  /** Where it keeps its settings and extensions. */
  readonly userData: string;
  readonly extensions: string;
  /** Extensions to install first. */
  readonly install?: readonly string[];
  readonly flags?: readonly string[];
  readonly port?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A Code-OSS server on this machine's loopback address. */
export interface RunningServer {
  readonly port: number;
  readonly process: ChildProcess;
  /** Of its workbench, with the token without which the server answers nobody: any user of this machine can reach it. */
  url(parameters: Record<string, string>): string;
  log(): string;
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers; the error holds its log. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const codeOss = await ensureCodeOss();
  const folders = ['--user-data-dir', options.userData, '--extensions-dir', options.extensions];
  const env = {
    ...process.env,
    VSCODE_IPC_HOOK_CLI: undefined,
    ELECTRON_RUN_AS_NODE: undefined,
    ...options.env,
  };
  for (const extension of options.install ?? []) installExtension(codeOss, extension, folders, env);

  const port = options.port ?? (await freePort());
  const token = randomBytes(24).toString('hex');
  // In a file that is ours alone: the list of processes shows what stands on a command line.
  const secrets = mkdtempSync(join(tmpdir(), 'involution-server-'));
  writeFileSync(join(secrets, 'token'), token, { mode: 0o600 });
  const words = [
    codeOss.server,
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token-file', join(secrets, 'token')],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...folders,
    ...(options.flags ?? []),
  ];
  const child = spawn(codeOss.node, words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
    rmSync(secrets, { recursive: true, force: true });
  };
  const url = (parameters: Record<string, string>) =>
    `http://127.0.0.1:${port}/?${new URLSearchParams({ tkn: token, ...parameters })}`;
  if (!(await answers(url({}), child))) {
    await stop();
    throw new Error(`Code-OSS did not start on port ${port}.\n${log}`);
  }
  return { port, process: child, url, log: () => log, stop };
}

/** False when the server ended, or did not answer within two minutes. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  for (let attempt = 0; server.exitCode === null && attempt < 480; attempt++) {
    const answered = await fetch(url, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

function installExtension(codeOss: CodeOss, extension: string, folders: string[], env: NodeJS.ProcessEnv) {
  const words = [
    codeOss.server,
    ...folders,
    '--accept-server-license-terms',
    '--install-extension',
    extension,
  ];
  execFileSync(codeOss.node, [...words, '--force'], { stdio: 'pipe', env });
}
