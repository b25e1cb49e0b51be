import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import type { RunEvent } from '../../../src/core/runs/events';
import { type ModelName, modelNames, type RunSpecInput } from '../../../src/core/runs/spec';
import { isTemporary } from '../../../src/node/files/temporary';
import { listCheckpoints, readCheckpoint } from '../../../src/node/runs/checkpoints';
import { EventTail } from '../../../src/node/runs/eventTail';
import type { Fault } from './faults.mjs';

/** Two models, two epochs of three steps: a second in a process of its own, a moment where an engine runs already. */
export const tinySpec: RunSpecInput = {
  data: { kind: 'shapes', trainCount: 10, validationCount: 10 },
  models: [...modelNames],
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
    const stock = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
    const assets = [
      join(stock, 'tfjs-backend-wasm-simd.wasm'),
      ...['src/engines/wasm/kernels.wasm', 'src/engines/wasm/kernelThread.mjs'].map((file) =>
        join(repository, file),
      ),
      join(repository, 'src/node/data/prefetchThread.mjs'),
    ];
    for (const asset of assets) await copyFile(asset, join(folder, basename(asset)));
    await esbuild.build({
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      entryPoints: [fileURLToPath(new URL('./trainOnce.ts', import.meta.url))],
      outfile: join(folder, 'trainOnce.mjs'),
      external: ['sharp', 'webgpu', 'h5wasm', 'h5wasm/node'],
      logLevel: 'error',
      banner: {
        js: [
          "import { createRequire as __createRequire } from 'node:module';",
          "import { dirname as __dirnameOf } from 'node:path';",
          "import { fileURLToPath as __pathOf } from 'node:url';",
          'const require = __createRequire(import.meta.url), __filename = __pathOf(import.meta.url), __dirname = __dirnameOf(__filename);',
        ].join(' '),
      },
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

/** The run folders of a folder, complete or not; none that is still being made. */
export async function runsIn(runsFolder: string): Promise<string[]> {
  const names = await readdir(runsFolder).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).map((name) => join(runsFolder, name));
}

/** Temporary files and folders, and locks, anywhere below a folder. */
export async function leftovers(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true });
  return paths.filter((path) => isTemporary(basename(path)) || /^lock/.test(basename(path)));
}

/** All that a finished run holds which an uninterrupted one would hold too, without clocks. */
export async function outcome(runFolder: string) {
  const models: Partial<Record<ModelName, object>> = {};
  for (const model of modelNames) models[model] = await networks(runFolder, model);
  return { story: await story(runFolder), models };
}

/** What the log tells, without clocks and statuses; every line of it has to be an event. */
async function story(runFolder: string): Promise<object[]> {
  const path = join(runFolder, 'events.jsonl');
  const tail = new EventTail(path);
  const events = await tail.read();
  assert.equal(tail.invalidLines, 0, `${path} has lines that are no events.`);
  assert.equal(tail.offset, (await readFile(path)).length, `${path} ends with half a line.`);
  return events
    .filter((event): event is Exclude<RunEvent, { type: 'status' }> => event.type !== 'status')
    .map((event) => ({ ...event, time: 0, seconds: 0 }));
}

/** The bits of every checkpoint's network, and of the last one's optimizer. */
async function networks(runFolder: string, model: ModelName): Promise<object> {
  const stored = await listCheckpoints(runFolder, model);
  const bits = stored.map(async ({ name, folder }) => [name, await base64(join(folder, 'weights.bin'))]);
  const { cursor, moments } = await readCheckpoint(stored.at(-1)!);
  return {
    networks: Object.fromEntries(await Promise.all(bits)),
    moments: [moments.m, moments.v].map((moment) => Buffer.from(moment.slice().buffer).toString('base64')),
    cursor: { ...cursor, seconds: 0 },
  };
}

const base64 = async (path: string) => (await readFile(path)).toString('base64');
