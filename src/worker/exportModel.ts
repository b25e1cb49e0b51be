import { exportModel } from '../node/export/exportModel';
import type { WorkerFunctions } from '../protocol/worker';

export const exportFunctions: Pick<WorkerFunctions, 'exportModel'> = { exportModel };
