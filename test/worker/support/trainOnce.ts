/** A training in a process of its own: `train <runs folder> <spec as JSON>`, or `resume <run folder>`. */

import { resumeRun, startTraining } from '../../../src/application/training/startTraining';
import { startEngine } from '../../../src/engines/select';

const [what, folder, spec] = process.argv.slice(2) as [string, string, string];
const session =
  what === 'train'
    ? await startTraining({ spec: JSON.parse(spec), runsFolder: folder, startEngine })
    : await resumeRun({ runFolder: folder, startEngine });
await session.done;
process.exit();
