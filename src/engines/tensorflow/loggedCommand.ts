import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { childEnvironment } from '../../node/programs.mjs';

/** A program ended with an error; `message` is the most telling line of what it said. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface LoggedCommand {
  /** An absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Everything it says is added to this file. */
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
}

const windows = process.platform === 'win32';

/**
 * Runs a program to its end.
 * @throws CommandError when it fails; the signal's reason when it was aborted, with all that it had started ended too.
 */
export async function runLogged({ file, args, cwd, env, log, signal }: LoggedCommand): Promise<void> {
  signal?.throwIfAborted();
  appendFileSync(log, `\n$ ${file} ${args.join(' ')}\n`);
  let tail = '';
  const child = spawn(file, args, {
    cwd,
    env: childEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
  });
  const abort = () => endAll(child);
  signal?.addEventListener('abort', abort, { once: true });
  const listen = (chunk: Buffer) => {
    appendFileSync(log, chunk);
    tail = (tail + chunk).slice(-20_000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0)
      throw new CommandError(tellingLine(tail) || l10n.t('{0} ended with code {1}', file, String(code)));
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Ends a program and all that it has started. */
function endAll({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (!windows) {
    process.kill(-pid, 'SIGTERM');
    return;
  }
  const taskkill = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  execFile(taskkill, ['/T', '/F', '/PID', String(pid)], () => {});
}

/** The line that tells most: npm and compilers say what was wrong first, and what it led to afterwards. */
function tellingLine(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const line =
    lines.find((line) => /reason: |\w*error: /i.test(line)) ??
    lines.find((line) => /error/i.test(line)) ??
    lines.at(-1);
  return line?.slice(0, 400) ?? '';
}
