import type { WorkerEvents } from '../protocol/worker';
import type { Datasets } from './datasets';
import type { EngineHolder } from './engineHolder';
import type { Tasks } from './tasks';

/** What the groups of functions share. */
export interface WorkerContext {
  readonly events: WorkerEvents;
  readonly engines: EngineHolder;
  readonly datasets: Datasets;
  readonly tasks: Tasks;
}
