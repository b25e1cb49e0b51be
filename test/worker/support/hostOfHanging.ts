// A process in the place of the extension host, whose worker hangs.
import { fork } from 'node:child_process';

const child = fork(new URL('./hanging.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
child.once('message', () => process.stdout.write(`${JSON.stringify({ pid: child.pid })}\n`));
