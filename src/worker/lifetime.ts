import { writeSync } from 'node:fs';

/** A worker that can't save within this has lost its disk or its mind. */
const saveMs = 30_000;

/**
 * The worker lives as long as whoever forked it: when the channel closes, or on SIGTERM, it saves and exits; it is never
 * left behind alone.
 */
export function exitWhenAlone(save: () => Promise<void>): void {
  const leave = () => {
    setTimeout(() => process.exit(1), saveMs).unref();
    save().then(() => process.exit(0), die);
  };
  process.once('disconnect', leave);
  process.once('SIGTERM', leave);
}

/** The stack goes out before anything else can go wrong; the host shows it as the worker's last words. */
export function reportCrashes(): void {
  process.on('uncaughtException', die);
  process.on('unhandledRejection', (reason) => die(reason));
}

function die(error: unknown): never {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
