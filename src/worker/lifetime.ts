import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** A worker that can't save within this has lost its disk, or hangs in native code. */
const defaultPatience = 30_000;

/**
 * The worker lives as long as whoever forked it: when the channel closes, or a signal asks it to end, it saves and exits;
 * it is never left behind alone.
 */
export function exitWhenAlone(save: () => Promise<void>, patienceMs = defaultPatience): void {
  let isLeaving = false;
  const leave = () => {
    if (isLeaving) return;
    isLeaving = true;
    setTimeout(() => process.exit(1), patienceMs).unref();
    save().then(() => process.exit(0), die);
  };
  process.on('disconnect', leave);
  // Ctrl-C and a closed terminal come to all that were started there, and may come twice.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, leave);
  killWhenHanging(patienceMs);
}

/** The stack goes out before anything else can go wrong; the host shows it as the worker's last words. */
export function reportCrashes(): void {
  // Nobody reads them when the host is gone: that must not keep the worker from saving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}

/** A main thread that never comes back to its events does not notice that it is alone; a thread of its own does. */
function killWhenHanging(patienceMs: number): void {
  const watch = `
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${2 * patienceMs});
    }, ${Math.min(5000, patienceMs)});`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}

function die(error: unknown): never {
  try {
    writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  } finally {
    process.exit(1);
  }
}
