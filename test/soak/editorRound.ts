import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/core/random';
import { runFiles } from '../../src/core/runs/layout';
import { eventually, makeWorkspace, openWorkbench } from '../e2e/extension';
import type { Workbench } from '../workbench/workbench';
import { isAlive } from '../worker/support/worker';
import { assertAsUndisturbed, assertConsecutive, eventsOf, isOver } from './invariants';
import { endOrphans, processesOf, processMark } from './processes';
import type { References } from './reference';
import type { RoundResult } from './round';
import { Scene, Violation } from './scene';
import { editorSpec } from './specs';

interface InEditor {
  readonly workbench: Workbench;
  readonly run: string;
  readonly random: Random;
  /** Of the processes. */
  readonly mark: string;
}

/** Says what else had to be done, if anything. */
type EditorDisturbance = (scene: InEditor) => Promise<unknown>;

const disturbances: Record<string, EditorDisturbance> = {
  'window reloaded': async ({ workbench, run }) => {
    const before = await loggedSteps(run);
    await workbench.reload();
    const goesOn = async () => (await isOver(run)) || (await loggedSteps(run)) > before;
    await eventually('the training to go on', goesOn, 45);
  },
  'worker killed': async ({ workbench, mark }) => {
    for (const { pid, line } of await processesOf(mark))
      if (line.includes('dist/worker.mjs')) process.kill(pid, 'SIGKILL');
    const toast = await workbench.notification(/SIGKILL/);
    await toast.getByRole('button', { name: 'Resume' }).click();
  },
  'paused and continued': async ({ workbench, run, random }) => {
    await workbench.command('Involution Lab: Pause Training');
    await eventually('the pause', async () => ['paused', 'done'].includes(await lastState(run)));
    if (await isOver(run)) return;
    await sleep(random.below(1500));
    await workbench.command('Involution Lab: Continue Training');
  },
  'stopped and resumed': async ({ workbench, run }) => {
    await workbench.command('Involution Lab: Stop Training');
    await eventually('the end of the training', async () =>
      ['stopped', 'done'].includes(await lastState(run)),
    );
    if (await isOver(run)) return;
    await workbench.command('Involution Lab: Resume Run');
    await workbench.pick(/shapes involution/);
  },
};

/** A run that began in a terminal, trained to its end in the real workbench, which is disturbed meanwhile. */
export async function playEditorRound(
  seed: number,
  parent: string,
  references: References,
): Promise<RoundResult> {
  const random = new Random(seed);
  const workspace = makeWorkspace();
  const done: { name: string; what: string }[] = [];
  let violation: string | null = null;
  let workbench: Workbench | undefined;
  try {
    const undisturbed = await references.of(editorSpec);
    const runsFolder = join(workspace.path, '.involution', 'runs');
    const scene = await Scene.make(join(parent, `round ${seed}`), editorSpec, random, runsFolder);
    const run = await scene.unfinishedRun();
    if (!run) throw new Violation('It came to its end before the editor could train it.');
    workbench = await openWorkbench(workspace.path, { env: processMark(workspace.path) });
    await workbench.command('Involution Lab: Resume Run');
    await workbench.pick(/shapes involution/);
    await moreSteps(run, 1, 'the first resume');
    while (!(await isOver(run))) {
      const names = Object.keys(disturbances);
      const name = names[random.below(names.length)]!;
      const entry = { name: `in the editor: ${name}`, what: 'did not hold' };
      done.push(entry);
      const before = await loggedSteps(run);
      const also = await disturbances[name]!({ workbench, run, random, mark: workspace.path }).catch(
        async (error) => {
          if (await isOver(run)) return 'at whose end it came too late';
          throw error;
        },
      );
      const more = 1 + random.below(40);
      await moreSteps(run, more, name);
      await assertConsecutive(run);
      entry.what = [`at step ${before}`, also].filter(Boolean).join(', ');
    }
    await eventually('the lock to be given back', async () => !(await isHeld(run)));
    await assertAsUndisturbed(runsFolder, run, editorSpec.models, undisturbed);
    assertNoUnhandledError(workbench);
  } catch (error) {
    violation = (error as Error).message;
    await workbench?.screenshot(`soak-${seed}`);
  }
  await workbench?.close();
  const orphans = await endOrphans(workspace.path, 60_000);
  if (orphans.length > 0)
    violation = [violation, `Orphans: ${orphans.join('; ')}`].filter(Boolean).join('\n');
  if (violation === null) workspace.remove();
  return {
    ...{ spec: editorSpec.name, disturbances: done, violation },
    kept: violation === null ? null : workspace.path,
  };
}

/** Or it came to its end. */
async function moreSteps(run: string, count: number, after: string): Promise<void> {
  const before = await loggedSteps(run);
  await eventually(
    `${count} steps after: ${after}`,
    async () => (await isOver(run)) || (await loggedSteps(run)) >= before + count,
    120,
  );
}

/** A worker that was killed after its last word leaves its lock: nobody's, and removed by whoever trains here next. */
async function isHeld(run: string): Promise<boolean> {
  const lock = await readFile(join(run, runFiles.lock), 'utf8').catch(() => null);
  return lock !== null && isAlive(JSON.parse(lock).pid);
}

async function lastState(run: string): Promise<string> {
  const status = (await eventsOf(run)).findLast((event) => event.type === 'status');
  return status?.type === 'status' ? status.state : 'none';
}

async function loggedSteps(run: string): Promise<number> {
  return (await eventsOf(run)).filter((event) => event.type === 'batch').length;
}

/** An error of an extension that nobody handled names it, or its files. */
function assertNoUnhandledError({ errors }: Workbench): void {
  // "Canceled": what was asked of a window that went away.
  const ours = errors.filter(
    (line) => /involution-lab\.involution-lab/.test(line) && !/: Canceled\b/.test(line),
  );
  if (ours.length > 0) throw new Violation(`The extension host logged: ${ours.join('; ')}`);
}
