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
  resumeRun(): Promise<void>;
  openRun(): Promise<void>;
  pickFolder(): Promise<string | null>;
  selectEngine(): Promise<void>;
  showLog(): Promise<void>;
}

/** Host → side panel, only while it is visible. */
export interface DashboardView {
  trainingState(state: TrainingState): void;
  /** The small live chart: both models' training loss, decimated to `width` points a model. */
  series(snapshot: SeriesSnapshot[]): void;
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
