import { spawn } from 'node:child_process';
import { nativeDeath } from '../core/nativeDeath';
import type { EngineName } from '../core/runs/spec';
import { nativeDeathReport, type WatchedWork } from './nativeDeathReport';

/** Set to the process that watches. */
const watcherVariable = 'INVOLUTION_LAB_WATCHER';
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * TensorFlow and Dawn are native code: when one of them dies, it takes its process along, without a word. So where the
 * engine may be one of them the program runs again, in a process that this one watches, and in the environment that
 * TensorFlow wants, which is there from the start or not at all. Ends with that process's outcome; returns at once in
 * that process, and where there is nothing to watch.
 * @throws with what happened and what to do next, where native code ended it
 */
export async function watchNativeEngine(engine: EngineName | 'auto' = 'auto'): Promise<void> {
  if (isWatched()) return stopWithWatcher();
  const env = await environmentFor(engine);
  if (env) await watch(env, { engine });
}

/** Of the process that is watched: what the one that watches is to know if this one dies. */
export function tellWatcher(work: Partial<WatchedWork>): void {
  if (isWatched() && process.connected) process.send!(work);
}

const isWatched = () => process.env[watcherVariable] === String(process.ppid);

/** Null: the engine has no native code. */
async function environmentFor(engine: EngineName | 'auto'): Promise<Record<string, string> | null> {
  if (engine === 'wasm' || engine === 'cpu') return null;
  if (engine === 'webgpu') return {};
  if (await isTensorFlowInstalled()) {
    const { tensorFlowEnvironment } = await import('../engines/tensorflow/environment');
    return tensorFlowEnvironment;
  }
  // Whoever starts the engine says what is wrong with it.
  if (engine === 'tensorflow') return null;
  const { mayHaveGraphicsDevice } = await import('../engines/graphicsDevice');
  return mayHaveGraphicsDevice() ? {} : null;
}

async function isTensorFlowInstalled(): Promise<boolean> {
  const { readInstallation } = await import('../engines/tensorflow/installation');
  try {
    readInstallation();
    return true;
  } catch {
    return false;
  }
}

async function watch(environment: Record<string, string>, work: WatchedWork): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    // What the user has set is left alone.
    env: { ...environment, ...process.env, [watcherVariable]: String(process.pid) },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // In a group of its own the terminal's Ctrl-C reaches it once, from here.
    detached: true,
  });
  let known = work;
  child.on('message', (news: Partial<WatchedWork>) => {
    known = { ...known, ...news };
  });
  for (const signal of forwardedSignals) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...outcome) => resolve(outcome));
  });
  for (const name of forwardedSignals) process.removeAllListeners(name);
  const death = nativeDeath({ code, signal });
  if (death) throw new Error(await nativeDeathReport(death, known));
  if (signal) process.kill(process.pid, signal);
  process.exit(code ?? 1);
}

/** The process that computes asks itself to stop when the one that the user started is gone. */
function stopWithWatcher(): void {
  if (!process.channel) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
