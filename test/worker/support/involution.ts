import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** The command in a process of its own, with its JSON lines as they come. */
export class Involution {
  readonly lines: { type: string; folder?: string; step?: number }[] = [];
  readonly exit: Promise<number | NodeJS.Signals>;
  errors = '';
  #onLine = () => {};
  readonly process: ChildProcess;

  constructor(...words: string[]) {
    this.process = spawn(process.execPath, ['--import', 'tsx', main, ...words, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, INVOLUTION_LAB_THREADS: '2' },
    });
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
