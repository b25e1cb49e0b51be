import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Services } from '../../src/host/services';
import { DashboardViewProvider } from '../../src/host/views/dashboardView';
import { createLabHost } from '../../src/host/views/labHost';
import { serveWebview } from '../../src/host/webviews/channel';
import { dashboardCalls } from '../../src/protocol/dashboardCalls';
import type { LabSubject } from '../../src/protocol/lab';
import { labCalls, labNews } from '../../src/protocol/labCalls';
import { substitute, until } from './support/doubles';
import type { FakeWorker } from './support/fakeWorker';
import { callOf, messageCount, messageSeed, nonsense } from './support/messages';
import { writeRun } from './support/runs';
import { testServices } from './support/services';

/** A webview that sends whatever it likes. */
function hostileWebview() {
  const received = new vscode.EventEmitter<unknown>();
  const answers = new Map<string, Record<string, unknown>>();
  const webview = {
    cspSource: 'https://webview.example',
    options: {},
    html: '',
    asWebviewUri: (uri: vscode.Uri) => uri,
    onDidReceiveMessage: received.event,
    postMessage: async (message: Record<string, unknown>) => {
      if (message.t === 's') answers.set(String(message.i), message);
      return true;
    },
  } as unknown as vscode.Webview;
  let sent = 0;
  const ask = async (name: string, args: unknown[]) => {
    const id = `call-${sent++}`;
    received.fire({ t: 'q', i: id, m: name, a: args });
    await until(() => answers.has(id));
    const answer = answers.get(id)!;
    answers.delete(id);
    return answer;
  };
  return { webview, ask, send: (message: unknown) => received.fire(message) };
}

describe('any message from a webview', function () {
  this.timeout(60_000 + 300 * messageCount);
  let folder: string;
  let services: Services & { worker: FakeWorker } & vscode.Disposable;
  const undo: (() => void)[] = [];
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution-messages-'));
    await writeRun(folder, { name: 'a run' });
    services = testServices(folder);
    // The worker answers all it is asked, or fails.
    let turn = 0;
    Object.assign(services.worker, {
      call: async (method: string) => {
        if (turn++ % 3 === 0) throw new Error(`${method} failed`);
        return { id: 'session' };
      },
    });
    process.on('unhandledRejection', note);
    process.on('uncaughtException', note);
    undo.push(
      () => void process.off('unhandledRejection', note),
      () => void process.off('uncaughtException', note),
      substitute(vscode.window, 'showSaveDialog', async () => undefined),
      substitute(vscode.window, 'showOpenDialog', async () => undefined),
      substitute(vscode.commands, 'executeCommand', async () => undefined),
      substitute(vscode.env, 'clipboard', { writeText: async () => {} }),
    );
  });
  afterEach(async () => {
    for (const restore of undo.splice(0)) restore();
    services.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  async function storm(names: readonly string[], { ask, send }: ReturnType<typeof hostileWebview>) {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(callOf(names), nonsense, async ({ name, args }, message) => {
        send(message);
        const answer = await ask(name, args);
        const error = answer.e as { name: unknown; message: unknown } | undefined;
        if (error) {
          refused++;
          assert.equal(typeof error.message, 'string');
          assert((error.message as string).length < 10_000, 'a refusal is short');
          assert.notEqual(error.name, 'TypeError', String(error.message));
        }
      }),
      { numRuns: messageCount, seed: messageSeed },
    );
    assert(refused > messageCount / 4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(unhandled.splice(0), []);
  }

  it('is answered or refused by the editor panel', async () => {
    const page = hostileWebview();
    const subject: LabSubject = { runs: [], section: 'charts', images: [] };
    const host = createLabHost({ subject, isAwaited: false, progress() {} }, services);
    const channel = serveWebview(page.webview, { calls: labCalls, news: labNews }, host, services.log);
    await storm(Object.keys(labCalls), page);
    assert.equal((await page.ask('ready', [])).e, undefined);
    channel.dispose();
    host.dispose();
  });

  it('is answered or refused by the side panel', async () => {
    const page = hostileWebview();
    const none = () => ({ dispose() {} });
    new DashboardViewProvider(services).resolveWebviewView({
      webview: page.webview,
      visible: false,
      onDidChangeVisibility: none,
      onDidDispose: none,
    } as unknown as vscode.WebviewView);
    await storm(Object.keys(dashboardCalls), page);
    assert.equal((await page.ask('ready', [])).e, undefined);
  });
});
