import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resumeRun, startTraining } from '../../../src/application/training/startTraining';
import type { RunSpecInput } from '../../../src/core/runs/spec';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';

/** A run that was trained, of which tests spoil copies. */
export class TrainedRun {
  #copies = 0;

  private constructor(
    readonly base: string,
    readonly engine: Engine,
    readonly folder: string,
  ) {}

  static async train(spec: Omit<RunSpecInput, 'data'>): Promise<TrainedRun> {
    const base = await mkdtemp(join(tmpdir(), 'involution run '));
    const engine = await startEngine('wasm');
    const session = await startTraining({
      spec: { ...spec, data: { kind: 'shapes', trainCount: 10, validationCount: 10 }, batchSize: 4, seed: 5 },
      runsFolder: join(base, 'runs'),
      startEngine: async () => engine,
    });
    await session.done;
    return new TrainedRun(base, engine, session.runFolder);
  }

  async copy(): Promise<string> {
    const folder = join(this.base, 'runs', `copy ${this.#copies++}`);
    await cp(this.folder, folder, { recursive: true });
    return folder;
  }

  /** Trains it to its end. Gives what a person was told. */
  async resume(runFolder: string): Promise<string[]> {
    const notices: string[] = [];
    const session = await resumeRun({
      runFolder,
      startEngine: async () => this.engine,
      onNotice: (line) => notices.push(line),
    });
    await session.done;
    return notices;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.dispose();
    await rm(this.base, { recursive: true });
  }
}
