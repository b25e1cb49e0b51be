import { join } from 'node:path';
import { type NativeDeath, nativeDeaths, otherEngine } from '../core/nativeDeath';
import type { BatchEvent } from '../core/runs/events';
import { runFiles } from '../core/runs/layout';
import type { EngineName } from '../core/runs/spec';
import { EventTail } from '../node/runs/eventTail';
import { readManifest } from '../node/runs/runFolder';
import { bytesPerLook } from '../node/runs/runList';
import { shellWord } from './printable';

/** What a process was doing, as far as it told. */
export interface WatchedWork {
  /** 'auto' until one has started. */
  readonly engine: EngineName | 'auto';
  /** Of the training. */
  readonly runFolder?: string;
}

/** What ended the process that computed, what it was doing, and what to do next. */
export async function nativeDeathReport(
  death: NativeDeath,
  { engine, runFolder }: WatchedWork,
): Promise<string> {
  const on = engine === 'auto' ? '' : ` on the ${engine} engine`;
  const training = runFolder === undefined ? '' : await whereTrainingWas(runFolder);
  const other = `--engine ${otherEngine(engine)}`;
  const next =
    runFolder === undefined
      ? `Another engine may do it: the same command with ${other}.`
      : `The run can be resumed from its last checkpoint; on another engine: involution resume ${shellWord(runFolder)} ${other}`;
  return `${death} ended the process that computed${on}${training}: ${nativeDeaths[death]}. ${next}`;
}

/** By its log, which may lack the last steps: lines are written up to 200 ms late. Nothing where it can't be read. */
async function whereTrainingWas(runFolder: string): Promise<string> {
  try {
    const { spec } = await readManifest(runFolder);
    const last = await lastBatch(runFolder);
    if (!last) return ', before the first step of its training was logged';
    const { title } = spec.models.find(({ id }) => id === last.model) ?? { title: last.model };
    return ` while it trained ${title}, at or after epoch ${last.epoch}, step ${last.step}`;
  } catch {
    return ' while it trained';
  }
}

async function lastBatch(runFolder: string): Promise<BatchEvent | undefined> {
  const tail = new EventTail(join(runFolder, runFiles.events));
  let last: BatchEvent | undefined;
  do {
    for (const event of await tail.read(bytesPerLook)) if (event.type === 'batch') last = event;
  } while (tail.isBehind);
  return last;
}
