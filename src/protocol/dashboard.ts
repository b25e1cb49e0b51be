import type { RunSpecInput } from '../core/runs/spec';
import type { SeriesSnapshot } from './lab';
import type { TrainingState } from './worker';

/** Side panel → host. */
export interface DashboardHost {
  /** The first call of a fresh webview; the answer is everything it needs to draw. */
  ready(): Promise<DashboardState>;
  train(spec: RunSpecInput): Promise<void>;
  /** The form as it stands, kept across windows. */
  rememberForm(spec: RunSpecInput, expanded: boolean): Promise<void>;
  pause(): Promise<void>;
  continue(): Promise<void>;
  stop(): Promise<void>;
  /** Of the run that was stopped, failed or lost its worker; forks a new worker where needed. */
  resumeRun(): Promise<void>;
  /** After a crash with no run to resume: forks a new worker. */
  restartWorker(): Promise<void>;
  /** Null: the one that this window trains, or trained last. */
  openRun(run: string | null): Promise<void>;
  pickFolder(): Promise<string | null>;
  /** How many classes there are in a folder of images; null where that can't be told. */
  classCount(folder: string): Promise<number | null>;
  selectEngine(): Promise<void>;
  showLog(): Promise<void>;
}

/** Host → side panel, only while it is visible. */
export interface DashboardView {
  trainingState(state: TrainingState): void;
  /** The small live chart: the models' training loss, decimated to `width` points a model. */
  series(snapshot: SeriesSnapshot[]): void;
  /** The runs that others train, newest first: all of them, at every change of one. */
  elsewhere(runs: RunElsewhere[]): void;
  /** The worker died (its exit and last log lines), or runs again (null). */
  crashed(report: string | null): void;
}

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
