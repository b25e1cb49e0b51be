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
  openRun(): Promise<void>;
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
  /** The worker died (its exit and last log lines), or runs again (null). */
  crashed(report: string | null): void;
}

export interface DashboardState {
  readonly form: RunSpecInput;
  readonly expanded: boolean;
  readonly trusted: boolean;
  readonly training: TrainingState;
  readonly series: SeriesSnapshot[];
  /** The training worker died: its exit and last log lines. */
  readonly crash: string | null;
}
