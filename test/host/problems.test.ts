import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { describeError, describeExit, isCancellation, Problem } from '../../src/host/problem';
import { reportError } from '../../src/host/reporting';
import { WorkerGoneError, WorkerTimeoutError } from '../../src/host/workerClient';
import { answerNotifications, memoryLog } from './support/doubles';

const exit = (code: number | null, signal: NodeJS.Signals | null) => ({
  code,
  signal,
  lastLines: [],
  expected: false,
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('errors', () => {
  let restore = () => {};
  afterEach(() => restore());

  it('say how the worker ended', () => {
    assert.match(describeExit(exit(null, 'SIGKILL')), /ended by SIGKILL: .*memory runs out/);
    assert.match(describeExit(exit(134, null)), /ended by SIGABRT: .*memory ran out/);
    assert.match(describeExit(exit(null, 'SIGABRT')), /ended by SIGABRT: .*memory ran out/);
    assert.match(describeExit(exit(null, 'SIGFPE')), /ended by SIGFPE: native code divided by zero/);
    assert.match(describeExit(exit(0xc0000005, null)), /ended by SIGSEGV: .*not its own/);
    assert.match(describeExit(exit(null, 'SIGTERM')), /ended by SIGTERM\.$/);
    assert.match(describeExit(exit(3, null)), /exit code 3/);
    assert.match(describeExit(exit(null, null)), /could not be started/);
    assert.match(describeError(new WorkerGoneError(exit(3, null))), /exit code 3/);
  });

  it('say when the worker does not answer, and what to do', () => {
    assert.match(
      describeError(new WorkerTimeoutError('kernelMap', 60)),
      /within 60 seconds \(kernelMap\).*restart it/,
    );
  });

  it('are not made of a cancellation', () => {
    assert(isCancellation(new vscode.CancellationError()));
    assert(isCancellation(Object.assign(new Error(), { name: 'AbortError' })));
    assert(!isCancellation(new Error('Canceled by nobody')));
    const notifications = answerNotifications('showErrorMessage');
    restore = notifications.restore;
    const log = memoryLog();
    reportError(log, new vscode.CancellationError());
    assert.deepEqual(notifications.shown, []);
    assert.deepEqual(log.lines, []);
  });

  it('go to the log with their stack, and to a notification with the ways out', async () => {
    let cured = 0;
    const notifications = answerNotifications('showErrorMessage', 'Cure');
    restore = notifications.restore;
    const log = memoryLog();
    const problem = new Problem('The disk is full.', [{ title: 'Cure', run: () => cured++ }]);
    reportError(log, problem);
    await settled();
    assert.deepEqual(notifications.shown, [{ message: 'The disk is full.', buttons: ['Cure', 'Show Log'] }]);
    assert.equal(cured, 1);
    assert.match(log.lines.join('\n'), /problems\.test/);
  });
});
