import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FollowedCommand } from '../../worker/support/involution';
import { assertSaved } from '../invariants';
import { endOrphans, processMark } from '../processes';
import { Violation } from '../scene';
import type { Disturbance } from './disturbance';

const script = fileURLToPath(new URL('../editorHost.ts', import.meta.url));

/** The extension host dies: its worker saves and goes. */
export const hostKilled: Disturbance = {
  name: "editor's host killed",
  weight: 1,
  async apply(scene) {
    const run = await scene.unfinishedRun();
    if (!run) return 'came to its end before';
    const logged = await scene.logged();
    const mark = `${scene.folder} host`;
    const host = new FollowedCommand(
      spawn(process.execPath, ['--import', 'tsx', script, run], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...processMark(mark) },
      }),
    );
    await host.until(() => host.lines.length > 0);
    const milliseconds = await scene.pause(1500);
    host.process.kill('SIGKILL');
    const orphans = await endOrphans(mark, 60_000);
    if (orphans.length > 0) throw new Violation(`The worker outlived its host: ${orphans}`);
    await assertSaved(run, logged);
    return `SIGKILL ${milliseconds} ms after it trained`;
  },
};
