import type { DashboardHost, DashboardView } from '../../src/protocol/dashboard';
import { connect } from '../shared/rpc';

export const { host, listen } = connect<DashboardHost, DashboardView>(
  { trainingState: true, series: true, elsewhere: true, crashed: true },
  ['train', 'stop', 'resumeRun', 'pickFolder', 'selectEngine'],
);
