import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** A log that remembers its lines, by level. */
export function memoryLog(): vscode.LogOutputChannel & { readonly lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string | Error, ...more: unknown[]) => {
      lines.push([`${level}:`, message instanceof Error ? message.stack : message, ...more].join(' '));
    };
  const channel = { lines, show: () => {}, dispose: () => {} };
  const levels = ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, write(level)]);
  return Object.assign(channel, Object.fromEntries(levels));
}

/** Puts `double` in the place of a property until the returned function is called. */
export function substitute<T extends object, K extends keyof T>(
  target: T,
  key: K,
  double: unknown,
): () => void {
  const original = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { configurable: true, enumerable: true, get: () => double });
  return () => {
    if (original) Object.defineProperty(target, key, original);
    else delete target[key];
  };
}

export interface ShownMessage {
  readonly message: string;
  readonly buttons: string[];
}

/** Answers every notification of this severity with `answer`, and remembers what was shown. */
export function answerNotifications(
  severity: 'showErrorMessage' | 'showWarningMessage' | 'showInformationMessage',
  answer?: string,
): { readonly shown: ShownMessage[]; restore(): void } {
  const shown: ShownMessage[] = [];
  const restore = substitute(vscode.window, severity, async (message: string, ...rest: unknown[]) => {
    shown.push({ message, buttons: rest.filter((item): item is string => typeof item === 'string') });
    return answer;
  });
  return { shown, restore };
}

/** A Memento in memory. */
export function memento(): vscode.Memento & { setKeysForSync(): void } {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string, fallback?: T) => (values.has(key) ? (values.get(key) as T) : fallback) as T,
    update: async (key: string, value: unknown) => {
      if (value === undefined) values.delete(key);
      // As VS Code does: what is stored is JSON.
      else values.set(key, JSON.parse(JSON.stringify(value)));
    },
    setKeysForSync: () => {},
  };
}

export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert(Date.now() < end, `waited in vain for ${condition}`);
    await sleep(20);
  }
}
