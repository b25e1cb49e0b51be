import * as l10n from '@vscode/l10n';
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

/** Any other call that the host has not answered by then is an error, never an endless spinner. */
const answerWithin = 30_000;
const longCalls = document.getElementById('long-calls')?.dataset.names?.split(' ') ?? [];

type Listener<F> = F extends (...args: infer A) => void ? (...args: A) => void : never;

export interface Link<Host, View> {
  readonly host: Host;
  /** Calls `listener` on every `name` event of the host, until the returned function is called. */
  listen<K extends keyof View>(name: K, listener: Listener<View[K]>): () => void;
}

/** Connects to the host. The page says which calls last as long as they last. */
export function connect<Host extends object, View extends object>(): Link<Host, View> {
  const listeners = new Map<keyof View, Set<(...args: never[]) => void>>();
  const remote = createBirpc<Record<string, (...args: unknown[]) => unknown>>(
    {},
    {
      ...wireFormat,
      post: (message) => vscode.postMessage(message),
      on: (receive) =>
        window.addEventListener('message', (event) => {
          if (event.origin === window.origin) receive(event.data);
        }),
      resolver:
        (name) =>
        (...args: never[]) => {
          for (const listener of listeners.get(name as keyof View) ?? []) listener(...args);
        },
      timeout: -1,
    },
  );
  const host = new Proxy({} as Host, {
    get: (_, name: string) =>
      longCalls.includes(name)
        ? remote[name]
        : (...args: unknown[]) => inTime(remote.$call(name, ...args), name),
  });
  return {
    host,
    listen: (name, listener) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => set.delete(listener);
    },
  };
}

function inTime<T>(answer: Promise<T>, name: string): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(
      () =>
        reject(
          new Error(l10n.t('The extension did not answer "{0}" within {1} s.', name, answerWithin / 1000)),
        ),
      answerWithin,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
