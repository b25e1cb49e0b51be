/** Trains one run in a process of its own: `trainOnce <runs folder> <spec as JSON>`. */
import { startEngine } from '../../../src/engines/select';
import { startTraining } from '../../../src/node/runs/session';

const [runsFolder, spec] = process.argv.slice(2);
const session = await startTraining({ spec: JSON.parse(spec!), runsFolder: runsFolder!, startEngine });
await session.done;
process.exit();
