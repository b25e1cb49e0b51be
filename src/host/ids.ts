/** Identifiers that package.json and the code share; a test holds them together. */
export const commandIds = [
  'train',
  'trainWith',
  'pause',
  'continue',
  'stop',
  'resume',
  'openDashboard',
  'openRun',
  'compareRuns',
  'visualizeKernels',
  'learn',
  'downloadCifar10',
  'installTensorFlow',
  'selectEngine',
  'newNetworkFile',
  'openNetworkFile',
  'trainNetwork',
  'summarizeNetwork',
  'showDiagram',
  'checkNetworkFor',
  'exportModel',
  'renameRun',
  'revealRun',
  'deleteRun',
  'refreshRuns',
  'showMoreRuns',
  'restartWorker',
  'showLog',
  'openSettings',
] as const;
export type CommandId = (typeof commandIds)[number];

/** The command's name for VS Code. */
export const command = (id: CommandId) => `involutionLab.${id}`;

export const viewIds = {
  dashboard: 'involutionLab.dashboard',
  runs: 'involutionLab.runs',
  /** Of the editor panel: to create it and to revive it. */
  lab: 'involutionLab.lab',
  diagram: 'involutionLab.diagram',
} as const;

/** What `when` clauses ask about. */
export enum ContextKey {
  /** `TrainingState.state`. */
  State = 'involutionLab.state',
  /** A run is being prepared, trained, paused or saved. */
  Busy = 'involutionLab.busy',
  HasRuns = 'involutionLab.hasRuns',
  /** Every step of the tour was answered. */
  Toured = 'involutionLab.toured',
}
