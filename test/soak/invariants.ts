import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { ModelId } from '../../src/core/network/model';
import type { RunEvent } from '../../src/core/runs/events';
import { listCheckpoints, readCheckpoint } from '../../src/node/runs/checkpoints';
import { EventTail } from '../../src/node/runs/eventTail';
import { readManifest } from '../../src/node/runs/runFolder';
import { readRun } from '../../src/node/runs/runList';
import { leftovers, outcome } from '../worker/support/outcome';

export type Outcome = Awaited<ReturnType<typeof outcome>>;

const codes = Object.keys(constants.errno).join('|');
/** What programmers say to each other: system codes, errors of the language, places in the program. */
const raw = new RegExp(
  `\\b(?:${codes}|ERR_[A-Z_]+|TypeError|RangeError|SyntaxError|undefined|NaN)\\b|Unexpected |Unhandled|not valid JSON|node:internal|^\\s+at .+:\\d+`,
  'm',
);

/** What was said is for people. */
export function assertInWords(text: string): void {
  const found = raw.exec(text)?.[0];
  assert.ok(found === undefined, `"${found}" was said: ${text}`);
}

export async function eventsOf(run: string): Promise<RunEvent[]> {
  return new EventTail(join(run, 'events.jsonl')).read();
}

const modelsOf = async (run: string) => (await readManifest(run)).spec.models.map(({ id }) => id);

export async function isOver(run: string): Promise<boolean> {
  const status = (await eventsOf(run)).findLast((event) => event.type === 'status');
  return status?.type === 'status' && status.state === 'done';
}

/** At any time: no step of a model is doubled or missing, and every line of the log is whole, but for the last. */
export async function assertConsecutive(run: string): Promise<void> {
  const events = await eventsOf(run);
  for (const model of await modelsOf(run)) {
    const steps = events.flatMap((event) =>
      event.type === 'batch' && event.model === model ? [event.step] : [],
    );
    assert.deepEqual(
      steps,
      steps.map((_, i) => i + 1),
      `the steps of the ${model} model in ${run}`,
    );
  }
}

/**
 * After an end that was asked for: whatever step was logged since the first `before` events is saved. (Steps that are
 * repeated after a kill are not logged again.)
 */
export async function assertSaved(run: string, before: number): Promise<void> {
  const events = (await eventsOf(run)).slice(before);
  for (const model of await modelsOf(run)) {
    const logged = events.findLast((event) => event.type === 'batch' && event.model === model);
    if (logged?.type !== 'batch') continue;
    assert.equal(
      await savedStep(run, model),
      logged.step,
      `the last step of the ${model} model that is saved`,
    );
  }
  assert.deepEqual(await leftovers(run), [], 'temporary files and locks after an end that was asked for');
}

async function savedStep(run: string, model: ModelId): Promise<number | null> {
  const stored = (await listCheckpoints(run, model)).at(-1);
  return stored ? (await readCheckpoint(stored)).cursor.step : null;
}

/** Of a run that is over: it is as the undisturbed one, and there is nothing else. */
export async function assertAsUndisturbed(
  runsFolder: string,
  run: string,
  models: readonly ModelId[],
  undisturbed: Outcome,
): Promise<void> {
  await assertConsecutive(run);
  assert.deepEqual(await outcome(run), undisturbed, 'what was trained and logged');
  assert.deepEqual(await leftovers(runsFolder), [], 'temporary files and locks');
  assert.deepEqual((await readdir(run)).sort(), ['events.jsonl', 'run.json', ...models].sort());
  const { overview, invalidLines } = await readRun(run);
  assert.equal(overview.state, 'done');
  assert.equal(invalidLines, 0);
}
