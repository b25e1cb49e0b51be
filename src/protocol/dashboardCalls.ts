import * as v from 'valibot';
import { RunSpec } from '../core/runs/spec';
import type { TrainingState } from '../core/runs/trainingState';
import { type FunctionsOf, type HearersOf, takes, told } from './calls';
import type { DashboardState, RunElsewhere } from './dashboard';
import type { SeriesPatch } from './lab';
import { path, runId } from './schemas';

/** Side panel → host. */
export const dashboardCalls = {
  /** The first call of a fresh webview; the answer is everything it needs to draw. */
  ready: takes().answers<DashboardState>(),
  train: takes(RunSpec).answersInTheEnd(),
  /** The form as it was filled in, kept across windows. */
  rememberForm: takes(RunSpec).answers(),
  /** Whether its hyper-parameters are unfolded, kept likewise; no answer to what a training is asked for. */
  rememberUnfolded: takes(v.boolean()).answers(),
  pause: takes().answers(),
  continue: takes().answers(),
  stop: takes().answersInTheEnd(),
  /** Of the run that was stopped, failed or lost its worker; forks a new worker where needed. */
  resumeRun: takes().answersInTheEnd(),
  /** After a crash with no run to resume: forks a new worker. */
  restartWorker: takes().answers(),
  /** Null: the one that this window trains, or trained last. */
  openRun: takes(v.nullable(runId)).answers(),
  pickFolder: takes().answersInTheEnd<string | null>(),
  /** How many classes there are in a folder of images; null where that can't be told. */
  classCount: takes(path).answers<number | null>(),
  selectEngine: takes().answersInTheEnd(),
  showLog: takes().answers(),
};
export type DashboardHost = FunctionsOf<typeof dashboardCalls>;

/** Host → side panel, only while it is visible. */
export const dashboardNews = {
  trainingState: told<[state: TrainingState]>(),
  /** The small live chart: the models' training loss, as far as it is not what the page was sent before. */
  series: told<[news: SeriesPatch[]]>(),
  /** The runs that others train, newest first: all of them, at every change of one. */
  elsewhere: told<[runs: RunElsewhere[]]>(),
  /** The worker died (its exit and last log lines), or runs again (null). */
  crashed: told<[report: string | null]>(),
};
export type DashboardView = HearersOf<typeof dashboardNews>;
