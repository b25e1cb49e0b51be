import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../worker/support/faults.mjs';
import { FollowedCommand } from '../worker/support/involution';

const bundle = fileURLToPath(new URL('../../dist/involution.mjs', import.meta.url));
const faults = new URL('../worker/support/faults.mjs', import.meta.url).href;

export interface Launch {
  readonly env: NodeJS.ProcessEnv;
  readonly fault?: Fault;
  /** In a PID namespace of its own, as in another container. */
  readonly isElsewhere?: boolean;
}

/** The command as it is shipped, in a process of its own. */
export class BuiltCommand extends FollowedCommand {
  readonly line: string;

  constructor(words: readonly string[], { env, fault, isElsewhere }: Launch) {
    const node = [...(fault ? ['--import', faults] : []), bundle, ...words, '--json'];
    const [program, args] = isElsewhere
      ? ['unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, ...node]]
      : [process.execPath, node];
    super(
      spawn(program, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env, ...(fault && { FAULT: JSON.stringify(fault) }) },
      }),
    );
    this.line = [fault && `FAULT='${JSON.stringify(fault)}'`, program, ...args].filter(Boolean).join(' ');
  }

  /** False when it ended before the condition held. */
  async reaches(condition: () => boolean): Promise<boolean> {
    return this.until(condition).then(
      () => true,
      () => false,
    );
  }
}
