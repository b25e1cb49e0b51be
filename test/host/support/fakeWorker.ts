import { EventEmitter } from 'node:events';
import { idleTraining, type TrainingState } from '../../../src/core/runs/trainingState';
import type { WorkerClient, WorkerExit } from '../../../src/host/workerClient';
import type { WorkerFunctions } from '../../../src/protocol/workerCalls';

type Answers = { [K in keyof WorkerFunctions]?: WorkerFunctions[K] };

/** In the place of a WorkerClient: answers from a table, and says what it is told to. */
export class FakeWorker extends EventEmitter {
  readonly calls: string[] = [];
  running = false;

  constructor(readonly answers: Answers = {}) {
    super();
  }

  get client(): WorkerClient {
    return this as unknown as WorkerClient;
  }

  async call(method: keyof WorkerFunctions, ...args: never[]): Promise<unknown> {
    this.running = true;
    this.calls.push(method);
    const answer = this.answers[method] as ((...args: never[]) => unknown) | undefined;
    if (!answer) throw new Error(`nobody expected a call of ${method}`);
    return answer(...args);
  }

  async task<T>(run: (task: string) => Promise<T>, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    const cancelled = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    return Promise.race([run('task'), cancelled]);
  }

  async stop(): Promise<void> {
    this.running = false;
  }

  tell(state: Partial<TrainingState>): void {
    this.emit('trainingState', { ...idleTraining, ...state });
  }

  /** As the worker says it before it trains. */
  opens(runFolder: string): void {
    this.emit('runOpened', runFolder);
  }

  die(exit: Partial<WorkerExit>): void {
    this.running = false;
    this.emit('exit', { code: null, signal: null, lastLines: [], expected: false, ...exit });
  }
}
