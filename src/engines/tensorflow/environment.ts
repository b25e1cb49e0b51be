import { spawn } from 'node:child_process';

/**
 * What the process that runs TensorFlow should be started with. glibc gives every block of more than 32 MiB back to
 * the system when it is freed, and gets it again, page by page, for the next tensor: to read 32 MiB out of TensorFlow
 * was seen to take 300 ms like that, and 4 ms when it keeps what it has. The C library reads these settings when a
 * process starts, so they can't be made within it; C libraries other than glibc ignore them.
 */
export const tensorFlowEnvironment: Readonly<Record<string, string>> =
  process.platform === 'linux'
    ? {
        MALLOC_MMAP_THRESHOLD_: '4294967295',
        MALLOC_TRIM_THRESHOLD_: '8589934592',
        MALLOC_TOP_PAD_: '268435456',
        MALLOC_ARENA_MAX: '1',
      }
    : {};

const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs this program again, the same in all but its environment, and ends with its outcome. Returns at once when the
 * environment is there already. What the user has set of it is left alone.
 */
export async function relaunchForTensorFlow(): Promise<void> {
  if (Object.keys(tensorFlowEnvironment).every((name) => name in process.env)) {
    stopWithParent();
    return;
  }
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...tensorFlowEnvironment, ...process.env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // In a group of its own the terminal's Ctrl-C reaches it once, from here.
    detached: true,
  });
  for (const signal of forwardedSignals) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...outcome) => resolve(outcome));
  });
  if (signal) {
    for (const name of forwardedSignals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  }
  process.exit(code ?? 1);
}

/** A relaunched program asks itself to stop when the one that the user started is gone. */
function stopWithParent() {
  if (!process.channel) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
