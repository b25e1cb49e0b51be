import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BirpcReturn, createBirpc } from 'birpc';
import type { TrainingState } from '../core/runs/trainingState';
import type { Calls } from '../protocol/calls';
import { wireFormat } from '../protocol/wire';
import type { Progress } from '../protocol/worker';
import { type WorkerFunctions, type WorkerNews, workerCalls } from '../protocol/workerCalls';

export interface WorkerLaunch {
  /** The worker's bundle. */
  readonly modulePath: string;
  readonly args: readonly string[];
  /** The Node.js executable; `process.execPath` (which inside VS Code is Electron, run as Node) or another. */
  readonly execPath: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote. */
  readonly lastLines: readonly string[];
  /** It ended because it was told to. */
  readonly expected: boolean;
}

interface WorkerEventMap {
  trainingState: [TrainingState];
  /** The worker goes on when every listener has returned. */
  runOpened: [runFolder: string];
  log: [level: 'info' | 'warn' | 'error', line: string];
  started: [];
  exit: [WorkerExit];
}

/** The worker process ended while a call was under way, or could not be started. */
export class WorkerGoneError extends Error {
  override readonly name = 'WorkerGoneError';
  constructor(readonly exit: WorkerExit) {
    super(`The worker process ended (code ${exit.code}, signal ${exit.signal}).`);
  }
}

/** The worker process lives but has not answered in time. */
export class WorkerTimeoutError extends Error {
  override readonly name = 'WorkerTimeoutError';
  constructor(
    readonly method: string,
    readonly seconds: number,
  ) {
    super(`The worker did not answer "${method}" within ${seconds} s.`);
  }
}

/** Any call but the long ones is answered within this. */
const patienceMs = 60_000;
const keptLines = 40;
const lastWordsMs = 1000;

type WorkerRpc = BirpcReturn<WorkerFunctions, WorkerNews>;

interface Connection {
  readonly child: ChildProcess;
  readonly rpc: WorkerRpc;
  readonly gone: Promise<void>;
  expected: boolean;
}

/**
 * The worker process, forked on the first call and again on the first call after it ended. Knows nothing of VS Code.
 * Every call rejects when the process ends before it answered.
 */
export class WorkerClient extends EventEmitter<WorkerEventMap> {
  #connection: Connection | null = null;
  readonly #progressOf = new Map<string, (progress: Progress) => void>();

  /** `launch` is asked at every fork, and may throw: the call that wanted the worker then rejects. */
  constructor(
    private readonly launch: () => WorkerLaunch,
    private readonly patience = patienceMs,
  ) {
    super();
  }

  get running(): boolean {
    return this.#connection !== null;
  }

  get pid(): number | undefined {
    return this.#connection?.child.pid;
  }

  async call<K extends keyof WorkerFunctions>(
    method: K,
    ...args: Parameters<WorkerFunctions[K]>
  ): Promise<Awaited<ReturnType<WorkerFunctions[K]>>> {
    this.#connection ??= this.#connect();
    return (await this.#connection.rpc.$call(method, ...(args as never))) as Awaited<
      ReturnType<WorkerFunctions[K]>
    >;
  }

  /** Runs a call that takes a task id: its progress goes to `onProgress`, and `signal` cancels it in the worker. */
  async task<T>(
    run: (task: string) => Promise<T>,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    const task = randomUUID();
    const cancel = () => void this.call('cancel', task).catch(() => {});
    if (onProgress) this.#progressOf.set(task, onProgress);
    signal?.addEventListener('abort', cancel);
    try {
      return await run(task);
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#progressOf.delete(task);
    }
  }

  /** Lets the process save and exit, as it also would if this process just ended. Resolves when it is gone. */
  async release(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    connection.expected = true;
    // Whoever calls from now on gets a new process.
    this.#connection = null;
    if (connection.child.connected) connection.child.disconnect();
    await connection.gone;
  }

  /** The same, but after `graceMs` it is killed. */
  async stop(graceMs: number): Promise<void> {
    const child = this.#connection?.child;
    const killer = setTimeout(() => child?.kill('SIGKILL'), graceMs);
    await this.release();
    clearTimeout(killer);
  }

  #connect(): Connection {
    const { modulePath, args, execPath, env } = this.launch();
    const child = fork(modulePath, args, {
      execPath,
      env,
      // The extension host's own flags (--inspect with a port that is taken, for one) are not for the worker.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const lastLines: string[] = [];
    const keep = (level: 'info' | 'warn' | 'error', line: string) => {
      lastLines.push(line);
      if (lastLines.length > keptLines) lastLines.shift();
      this.emit('log', level, line);
    };
    const readers = [child.stdout, child.stderr].flatMap((stream) =>
      stream ? [createInterface(stream)] : [],
    );
    for (const reader of readers) reader.on('line', (line) => keep('info', line));
    const lastWords = Promise.all(readers.map((reader) => once(reader, 'close')));

    const rpc: WorkerRpc = createBirpc<WorkerFunctions, WorkerNews>(
      {
        trainingState: (state) => void this.emit('trainingState', state),
        runOpened: async (runFolder) => void this.emit('runOpened', runFolder),
        progress: (task, progress) => this.#progressOf.get(task)?.(progress),
        log: keep,
      },
      {
        ...wireFormat,
        post: (message) => post(child, message),
        on: (listener) => void child.on('message', listener),
        off: (listener) => void child.off('message', listener),
        timeout: -1,
        onRequest: async (request, next) => {
          const method = request.m as keyof WorkerFunctions;
          await ((workerCalls as Calls)[method]?.isLong ? next() : this.#inTime(method, next()));
        },
      },
    );

    const gone = new Promise<void>((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.#connection === connection) this.#connection = null;
        const exit: WorkerExit = { code, signal, lastLines, expected: connection.expected };
        rpc.$close(new WorkerGoneError(exit));
        this.emit('exit', exit);
        resolve();
      };
      // Not on 'close', which Node does not emit after a disconnect of this serialization. A grandchild may hold the
      // streams open: its words are not waited for.
      child.once('exit', (code, signal) => {
        void Promise.race([lastWords, sleep(lastWordsMs)]).then(() => end(code, signal));
      });
      child.once('error', (error) => {
        keep('error', error.message);
        // A process that could not be started has no exit.
        if (child.pid === undefined) end(null, null);
      });
    });
    const connection: Connection = { child, rpc, gone, expected: false };
    this.emit('started');
    return connection;
  }

  async #inTime<T>(method: string, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new WorkerTimeoutError(method, this.patience / 1000)), this.patience);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A message that can't be sent any more needs no error of its own: the process's end rejects the call. */
function post(child: ChildProcess, message: object): Promise<void> {
  return new Promise((resolve) => {
    if (child.connected) child.send(message, () => resolve());
    else resolve();
  });
}
