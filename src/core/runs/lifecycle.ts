/**
 * The states of a run, and what each of them means: the one place that knows.
 * A log says `RunState`; who reads a run's folder also sees whether somebody still trains it (`RunCondition`); who trains
 * is between two states at times (`TrainingPhase`).
 */
export const runStates = ['preparing', 'training', 'paused', 'stopped', 'done', 'failed'] as const;
export type RunState = (typeof runStates)[number];
/** 'interrupted': by its log the run is under way, and no process trains it any more. */
export type RunCondition = RunState | 'interrupted';
export type TrainingPhase = RunState | 'idle' | 'saving';

type State = RunCondition | TrainingPhase;

/** Somebody trains it, or is to go on. */
export const isUnderWay = (state: State) =>
  state === 'preparing' || state === 'training' || state === 'paused' || state === 'saving';

/** The training said how it ended. */
export const hasEnded = (state: State) => state === 'done' || state === 'stopped' || state === 'failed';

/** There is something left to train. */
export const isResumable = (state: State) =>
  state === 'stopped' || state === 'failed' || state === 'interrupted';

/** What people read; the hosts translate it. */
export const stateWords: Readonly<Record<State, string>> = {
  idle: 'idle',
  preparing: 'preparing',
  training: 'training',
  paused: 'paused',
  saving: 'saving',
  stopped: 'stopped',
  done: 'done',
  failed: 'failed',
  interrupted: 'interrupted',
};
