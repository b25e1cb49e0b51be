import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { KernelRequest, KernelSession } from '../../core/kernels/session';
import type { WorkerClient } from '../workerClient';

interface Opened {
  readonly request: KernelRequest;
  /** What the worker calls it. */
  id: string;
}

/**
 * The kernels that one panel looks at. Those in the worker go when it ends or changes its engine; here they are opened
 * again then, so that a panel keeps its session.
 */
export class OpenedKernels {
  readonly #opened = new Map<string, Opened>();

  constructor(private readonly worker: WorkerClient) {}

  async open(request: KernelRequest, task: string): Promise<KernelSession> {
    const session = await this.worker.call('openKernels', request, task);
    const id = randomUUID();
    this.#opened.set(id, { request, id: session.id });
    return { ...session, id };
  }

  /** Runs `ask` with the worker's id of a session, a second time when the worker does not know it any more. */
  async with<T>(id: string, ask: (workerId: string) => Promise<T>): Promise<T> {
    const opened = this.#opened.get(id);
    if (!opened) throw new Error(vscode.l10n.t('There are no such kernels: they were closed.'));
    try {
      return await ask(opened.id);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UnknownSessionError') throw error;
      const renewed = await this.worker.task((task) => this.worker.call('openKernels', opened.request, task));
      opened.id = renewed.id;
      return ask(opened.id);
    }
  }

  async close(id: string): Promise<void> {
    const opened = this.#opened.get(id);
    this.#opened.delete(id);
    // Nobody forks a worker to close something in it.
    if (opened && this.worker.running) await this.worker.call('closeKernels', opened.id);
  }

  closeAll(): void {
    for (const id of this.#opened.keys()) void this.close(id).catch(() => {});
  }
}
