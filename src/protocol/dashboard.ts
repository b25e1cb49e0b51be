import type { RunSpecInput } from '../core/runs/spec';
import type { TrainingState } from '../core/runs/trainingState';
import type { SeriesSnapshot } from './lab';

/**
 * A run that another window or a terminal trains, as its folder tells. It is followed; only where it was begun can it be
 * paused or stopped.
 */
export interface RunElsewhere {
  readonly id: string;
  readonly name: string;
  /** "process 4711 on node-7". */
  readonly trainer: string;
  readonly training: TrainingState;
  /** As the dashboard's own. */
  readonly series: SeriesSnapshot[];
}

export interface DashboardState {
  readonly form: RunSpecInput;
  readonly expanded: boolean;
  readonly trusted: boolean;
  readonly training: TrainingState;
  readonly series: SeriesSnapshot[];
  readonly elsewhere: RunElsewhere[];
  /** The training worker died: its exit and last log lines. */
  readonly crash: string | null;
}
