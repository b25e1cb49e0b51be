import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** A process of the command, called with --json, and its lines as they come. */
export class FollowedCommand {
  readonly lines: { type: string; folder?: string; step?: number }[] = [];
  readonly exit: Promise<number | NodeJS.Signals>;
  errors = '';
  #onLine = () => {};

  /** @param process whose output and errors are pipes */
  constructor(readonly process: ChildProcess) {
    createInterface(this.process.stdout!).on('line', (line) => {
      this.lines.push(JSON.parse(line));
      this.#onLine();
    });
    this.process.stderr!.on('data', (text) => {
      this.errors += text;
    });
    this.exit = new Promise((resolve) => {
      this.process.on('close', (code, signal) => resolve(code ?? signal!));
    });
  }

  /** Resolves when the condition holds; rejects when the process ends before. */
  async until(condition: () => boolean): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#onLine = () => {
        if (condition()) resolve();
      };
      this.#onLine();
    });
    const ended = this.exit.then((exit) => {
      throw new Error(`It ended too early, with ${exit}: ${this.errors}`);
    });
    await Promise.race([reached, ended]);
  }

  batches(): number {
    return this.lines.filter(({ type }) => type === 'batch').length;
  }

  get folder(): string {
    return this.lines.find(({ type }) => type === 'run')!.folder!;
  }
}

/** The command, out of its sources, in a process of its own. */
export class Involution extends FollowedCommand {
  constructor(...words: string[]) {
    super(
      spawn(process.execPath, ['--import', 'tsx', main, ...words, '--json'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, INVOLUTION_LAB_THREADS: '2' },
      }),
    );
  }
}
