import type { WorkerNews } from '../protocol/workerCalls';
import type { Datasets } from './datasets';
import type { EngineHolder } from './engineHolder';
import type { Tasks } from './tasks';

/** What the groups of functions share. */
export interface WorkerContext {
  readonly events: WorkerNews;
  readonly engines: EngineHolder;
  readonly datasets: Datasets;
  readonly tasks: Tasks;
}
