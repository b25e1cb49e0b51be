import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';

/** What a lock says of the process that holds it. */
export const Holder = v.object({
  pid: v.number(),
  host: v.string(),
  /** Of this one tenure: the fencing token. */
  token: v.string(),
  /** Where the process number means that process; null where the system does not tell. */
  space: v.nullable(v.string()),
  /** When the process began: a number that was given to another since has another beginning. Null where unknown. */
  started: v.nullable(v.string()),
});
export type Holder = v.InferOutput<typeof Holder>;

export function thisProcess(token: string): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    token,
    space: processSpace(),
    started: lookUp(process.pid)?.started ?? null,
  };
}

/**
 * Whether a holder lives, as far as its process can be looked up from here. 'unknown': it is on another machine, in
 * another container, or the system does not tell processes with the same number apart.
 */
export function fateOf({ pid, space, started }: Holder): 'living' | 'dead' | 'unknown' {
  if (space === null || space !== processSpace()) return 'unknown';
  if (!exists(pid)) return 'dead';
  const found = lookUp(pid);
  if (found === null || started === null) return 'unknown';
  return found.started === started && !['Z', 'X'].includes(found.state) ? 'living' : 'dead';
}

/** "process 4711", "process 4711 on elsewhere". */
export function inWords({ pid, host, space }: Holder): string {
  const name = host === hostname() ? l10n.t('process {0}', pid) : l10n.t('process {0} on {1}', pid, host);
  const isHere = space !== null && space === processSpace();
  return isHere && lookUp(pid)?.state === 'T' ? l10n.t('{0}, which is suspended', name) : name;
}

/**
 * Process numbers are given by boot and, on Linux, by PID namespace: containers and WSL distributions on one host name
 * have a process 7 each. Elsewhere the name of the machine has to do.
 */
function processSpace(): string | null {
  if (process.platform !== 'linux') return hostname();
  try {
    // Where /proc shows another namespace than ours, it says nothing about our numbers.
    if (readlinkSync('/proc/self') !== String(process.pid)) return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** What Linux tells of a process: its state ('T': suspended, 'Z': ended) and the clock tick it began at. */
function lookUp(pid: number): { state: string; started: string } | null {
  if (process.platform !== 'linux') return null;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "4711 (name, with any characters) S …"; the beginning is the 22nd field.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, started: fields[19]! };
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process can't be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
