import { createBirpc } from 'birpc';
import { wireFormat } from '../../src/protocol/wire';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code hands its API out once a page. */
export const vscode = acquireVsCodeApi();

/** A call that the host has not answered by then is an error, never an endless spinner. */
const answerWithin = 30_000;

type Listener<F> = F extends (...args: infer A) => void ? (...args: A) => void : never;

export interface Link<Host, View> {
  readonly host: Host;
  /** Calls `listener` on every `name` event of the host, until the returned function is called. */
  listen<K extends keyof View>(name: K, listener: Listener<View[K]>): () => void;
}

/**
 * Connects to the host. `events`: every name of View, so that none can be forgotten. `patient`: calls that may take as long as they like, because they
 * wait for a person or report progress and can be cancelled.
 */
export function connect<Host extends object, View extends object>(
  events: Readonly<Record<keyof View & string, true>>,
  patient: (keyof Host & string)[],
): Link<Host, View> {
  const names = Object.keys(events);
  const listeners = new Map<string, Set<(...args: never[]) => void>>(names.map((name) => [name, new Set()]));
  const functions = Object.fromEntries(
    names.map((name) => [
      name,
      (...args: never[]) => {
        for (const listener of listeners.get(name)!) listener(...args);
      },
    ]),
  );
  const remote = createBirpc<Record<string, (...args: unknown[]) => unknown>>(functions, {
    ...wireFormat,
    post: (message) => vscode.postMessage(message),
    on: (receive) =>
      window.addEventListener('message', (event) => {
        if (event.origin === window.origin) receive(event.data);
      }),
    timeout: -1,
  });
  const host = new Proxy({} as Host, {
    get: (_, name: string) =>
      patient.includes(name as keyof Host & string)
        ? remote[name]
        : (...args: unknown[]) => inTime(remote.$call(name, ...args), name),
  });
  return {
    host,
    listen: (name, listener) => {
      const set = listeners.get(name as string)!;
      set.add(listener);
      return () => set.delete(listener);
    },
  };
}

function inTime<T>(answer: Promise<T>, name: string): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(
      () => reject(new Error(`The extension did not answer "${name}" within ${answerWithin / 1000} s.`)),
      answerWithin,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
