import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { exampleModels, type RunSpecInput } from '../../../src/core/runs/spec';
import { nodeModule, trainingAssets } from '../../../src/tools/build/bundling.mjs';
import type { Fault } from './faults.mjs';

/** Two models, two epochs of three steps: a second in a process of its own, a moment where an engine runs already. */
export const tinySpec: RunSpecInput = {
  data: { kind: 'shapes', trainCount: 10, validationCount: 10 },
  models: [...exampleModels],
  epochs: 2,
  batchSize: 4,
  seed: 5,
  engine: 'wasm',
};

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const faults = fileURLToPath(new URL('./faults.mjs', import.meta.url));

/** What is to happen to a process: a fault of its disk, or a kill after so many milliseconds. */
export type End = Omit<Fault, 'below'> & { readonly killAfter?: number };

/** The training as one small bundle: it starts several times faster than its sources do. */
export class TrainingProcesses {
  private constructor(private readonly folder: string) {}

  static async build(): Promise<TrainingProcesses> {
    await mkdir(join(repository, 'out'), { recursive: true });
    // In the repository, for the packages beside the bundle to be found.
    const folder = await mkdtemp(join(repository, 'out/training-'));
    for (const asset of trainingAssets) await copyFile(asset, join(folder, basename(asset)));
    await esbuild.build({
      ...nodeModule,
      entryPoints: [fileURLToPath(new URL('./trainOnce.ts', import.meta.url))],
      outfile: join(folder, 'trainOnce.mjs'),
      logLevel: 'error',
    });
    return new TrainingProcesses(folder);
  }

  /** Each resolves with how the process ended: an exit code, or the signal that killed it. */
  train(runsFolder: string, spec: RunSpecInput, end: End): Promise<number | string> {
    return this.#run(['train', runsFolder, JSON.stringify(spec)], runsFolder, end);
  }

  resume(runFolder: string, end: End): Promise<number | string> {
    return this.#run(['resume', runFolder], runFolder, end);
  }

  async #run(words: string[], below: string, { killAfter, ...fault }: End): Promise<number | string> {
    const script = join(this.folder, 'trainOnce.mjs');
    const child = spawn(process.execPath, ['--import', faults, script, ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, FAULT: JSON.stringify({ ...fault, below }), INVOLUTION_LAB_THREADS: '1' },
    });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(timer);
    return code ?? signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
