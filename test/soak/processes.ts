import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const variable = 'INVOLUTION_SOAK_ROUND';

/** Marks a process, and all that it starts, as belonging to a round. */
export const processMark = (round: string): NodeJS.ProcessEnv => ({ [variable]: round });

/** The processes of a round that live, wherever they have gone. Only Linux tells. */
export async function processesOf(round: string): Promise<{ pid: number; line: string }[]> {
  if (process.platform !== 'linux') return [];
  const mark = `${variable}=${round}\0`;
  const found = (await readdir('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [environment, line] = await Promise.all([read('environ'), read('cmdline')]);
      return environment.includes(mark) ? [{ pid: Number(pid), line: line.replaceAll('\0', ' ') }] : [];
    });
  return (await Promise.all(found)).flat();
}

/** Those that are still there after a while; they are killed then. */
export async function endOrphans(round: string, patienceMs = 10_000): Promise<string[]> {
  const end = Date.now() + patienceMs;
  let living = await processesOf(round);
  while (living.length > 0 && Date.now() < end) {
    await sleep(200);
    living = await processesOf(round);
  }
  for (const { pid } of living) process.kill(pid, 'SIGKILL');
  return living.map(({ pid, line }) => `process ${pid}: ${line}`);
}
