import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TrainingState } from '../../../src/core/runs/trainingState';
import { WorkerClient, type WorkerExit, type WorkerLaunch } from '../../../src/host/workerClient';

const bundle = fileURLToPath(new URL('../../../dist/worker.mjs', import.meta.url));

/** The built worker, as the extension forks it, with everything that it said. */
export class TestWorker extends WorkerClient {
  readonly states: TrainingState[] = [];
  readonly lines: string[] = [];
  readonly exits: WorkerExit[] = [];

  constructor(launch: Partial<WorkerLaunch> = {}, patience?: number) {
    if (!existsSync(bundle)) throw new Error(`There is no ${bundle}: run "npm run build" first.`);
    const env = { ...process.env, INVOLUTION_LAB_THREADS: '2' };
    const complete = { modulePath: bundle, args: ['wasm'], execPath: process.execPath, env, ...launch };
    super(() => complete, patience);
    this.on('trainingState', (state) => this.states.push(state));
    this.on('log', (_, line) => this.lines.push(line));
    this.on('exit', (exit) => this.exits.push(exit));
  }

  get latest(): TrainingState | undefined {
    return this.states.at(-1);
  }

  /** Fails with what the worker said last. */
  async until(what: string, condition: () => boolean, patienceMs = 60_000): Promise<void> {
    const end = Date.now() + patienceMs;
    while (!condition()) {
      if (Date.now() > end)
        throw new Error(
          `Waited in vain for ${what}.\n${JSON.stringify(this.latest)}\n${this.lines.join('\n')}`,
        );
      await sleep(10);
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function untilGone(pid: number, patienceMs = 30_000): Promise<void> {
  const end = Date.now() + patienceMs;
  while (isAlive(pid)) {
    if (Date.now() > end) throw new Error(`Process ${pid} is still there.`);
    await sleep(20);
  }
}
