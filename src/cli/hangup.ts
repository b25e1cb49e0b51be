import { fstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const hangup = 1n << 0n;

/**
 * Whether this process was told to go on when its terminal is closed. `nohup` has SIGHUP ignored; but Node sets every
 * signal back to its default when it starts, so what is left are the traces of it: the shell's `_`, the streams that
 * nohup redirects, and a parent that still ignores the signal (`nohup sh -c …`).
 */
export function ignoresHangup(): boolean {
  if (process.platform === 'win32') return false;
  return (
    basename(process.env._ ?? '') === 'nohup' ||
    writesToNohupFile() ||
    hasUnreadableInput() ||
    parentIgnores()
  );
}

function writesToNohupFile(): boolean {
  return [process.cwd(), process.env.HOME ?? ''].some((folder) => {
    const file = statSync(join(folder, 'nohup.out'), { throwIfNoEntry: false });
    if (!file) return false;
    return [1, 2].some((fd) => {
      const { dev, ino } = fstatSync(fd);
      return dev === file.dev && ino === file.ino;
    });
  });
}

/** GNU nohup puts /dev/null, opened for writing, in the place of a terminal. */
function hasUnreadableInput(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1];
    return readlinkSync('/proc/self/fd/0') === '/dev/null' && (Number.parseInt(flags!, 8) & 3) === 1;
  } catch {
    return false;
  }
}

function parentIgnores(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1];
    return (BigInt(`0x${ignored}`) & hangup) !== 0n;
  } catch {
    return false;
  }
}
