import type { DashboardHost, DashboardView } from '../../src/protocol/dashboardCalls';
import { connect } from '../shared/rpc';

export const { host, listen } = connect<DashboardHost, DashboardView>();
