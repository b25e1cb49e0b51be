import { spawn } from 'node:child_process';
import { accessSync, appendFileSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the programs that is on the PATH, with its folder; null when none is. */
export function findOnPath(...names: string[]): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of names) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  return null;
}

/** A program ended with an error; `message` is the most telling line of what it said. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface LoggedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Record<string, string>;
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
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
    // npm is a .cmd file there, which only a shell runs.
    shell: windows,
  });
  const abort = () => (windows ? child.kill() : process.kill(-child.pid!, 'SIGTERM'));
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
    if (code !== 0) throw new CommandError(tellingLine(tail) || `${file} ended with code ${code}`);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
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
