import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** This program in a process of its own, for another subcommand. */
export function launchSelf(words: readonly string[], extra: NodeJS.ProcessEnv = {}): Child {
  return spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...extra, ...process.env },
  });
}
