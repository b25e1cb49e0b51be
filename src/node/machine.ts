import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

/**
 * Bytes of memory that this process may have at most: the machine's, or what its container leaves it.
 * @param limit what the system says of a limit; 0 or something beyond the machine's memory where there is none.
 */
export function memoryLimit(total = totalmem(), limit = process.constrainedMemory?.() ?? 0): number {
  return limit > 0 && limit < total ? limit : total;
}

/** A machine's measure of memory: "1.5 GB". */
export const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

/** How many threads can compute at once: the processors, or the share of them that a container leaves. */
export function processorLimit(available = availableParallelism(), quota = processorQuota()): number {
  return Math.max(1, Math.min(available, Math.ceil(quota)));
}

/**
 * Processors' worth of time that Linux gives to this process's control group, from the tightest of its ancestors;
 * Infinity where there is no limit.
 */
export function processorQuota(root = '/sys/fs/cgroup', membership = '/proc/self/cgroup'): number {
  const groups = read(membership)
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .filter((match) => match !== null);
  let quota = Number.POSITIVE_INFINITY;
  for (const [, controllers, path] of groups) {
    const unified = controllers === '';
    if (!unified && !controllers!.split(',').includes('cpu')) continue;
    const top = unified ? root : join(root, controllers!);
    for (const folder of ancestors(path!)) {
      const [time, period] = unified
        ? read(join(top, folder, 'cpu.max'))
            .split(/\s+/)
            .map(Number)
        : ['quota', 'period'].map((name) =>
            Number(read(join(top, folder, `cpu.cfs_${name}_us`)) || Number.NaN),
          );
      if (time! > 0 && period! > 0) quota = Math.min(quota, time! / period!);
    }
  }
  return quota;
}

/** "/a/b": "/a/b", "/a", "/". A container sees its own group as the root, whatever it is called outside. */
function ancestors(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, i) => `/${parts.slice(0, parts.length - i).join('/')}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
