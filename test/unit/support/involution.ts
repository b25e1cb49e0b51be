import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

export interface Outcome {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** The command, from its sources, in a process of its own. */
export function involution(
  words: readonly string[],
  cwd?: string,
  env: Record<string, string> = {},
): Promise<Outcome> {
  const tsx = import.meta.resolve('tsx');
  const options = { cwd, env: { ...process.env, ...env } };
  return new Promise((done) => {
    execFile(process.execPath, ['--import', tsx, main, ...words], options, (error, out, err) => {
      done({ code: error ? (error.code ?? error.signal ?? error.message) : 0, out, err });
    });
  });
}
