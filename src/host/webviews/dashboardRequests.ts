import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { RunSpec } from '../../core/runs/spec';
import type { DashboardHost } from '../../protocol/dashboard';
import type { ArgumentSchemas } from '../../protocol/requests';
import { runId } from './runId';

const nothing = v.strictTuple([]);

export const dashboardRequests: ArgumentSchemas<DashboardHost> = {
  ready: nothing,
  train: v.strictTuple([RunSpec]),
  rememberForm: v.strictTuple([RunSpec, v.boolean()]),
  pause: nothing,
  continue: nothing,
  stop: nothing,
  resumeRun: nothing,
  restartWorker: nothing,
  openRun: v.strictTuple([v.nullable(runId)]),
  pickFolder: nothing,
  classCount: v.strictTuple([
    v.pipe(v.string(), v.maxLength(32_767), v.check(isAbsolute, 'not an absolute path')),
  ]),
  selectEngine: nothing,
  showLog: nothing,
};
