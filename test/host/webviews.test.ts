import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { serveWebview } from '../../src/host/webviews/channel';
import { parseSubject } from '../../src/host/webviews/labSubject';
import { escapeAttribute, pageHtml, webviewOptions } from '../../src/host/webviews/page';
import { type FunctionsOf, takes, told } from '../../src/protocol/calls';
import { labCalls } from '../../src/protocol/labCalls';
import { wireFormat } from '../../src/protocol/wire';
import { memoryLog } from './support/doubles';
import { thisExtension } from './support/extension';

/** A webview whose page is the test. */
function fakeWebview() {
  const received = new vscode.EventEmitter<unknown>();
  const posted: Record<string, unknown>[] = [];
  const webview = {
    cspSource: 'https://webview.example',
    asWebviewUri: (uri: vscode.Uri) => uri,
    onDidReceiveMessage: received.event,
    // As VS Code does it: whatever is no typed array goes through JSON.
    postMessage: async (message: Record<string, unknown>) =>
      posted.push(JSON.parse(JSON.stringify(message))) > 0,
  } as unknown as vscode.Webview;
  const ask = async (method: string, ...args: unknown[]) => {
    received.fire({ t: 'q', i: 'id', m: method, a: args });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return wireFormat.deserialize(posted.pop()) as { r?: unknown; e?: Error };
  };
  return { webview, ask, posted, send: (message: unknown) => received.fire(message) };
}

const calls = { double: takes(v.number()).answers<number>(), fail: takes().answers() };
const news = { tick: told<[value: number]>() };

function serve() {
  const page = fakeWebview();
  const log = memoryLog();
  const functions: FunctionsOf<typeof calls> = {
    double: async (value) => 2 * value,
    fail: async () => {
      throw Object.assign(new RangeError('the reason'), { ways: ['anyway', 7] });
    },
  };
  const channel = serveWebview(page.webview, { calls, news }, functions, log);
  return { ...page, log, channel };
}

describe('a webview', () => {
  it('is answered', async () => {
    const { ask } = serve();
    assert.equal((await ask('double', 21)).r, 42);
  });

  it('is told the reason of an error, which is logged', async () => {
    const { ask, log } = serve();
    const { e } = await ask('fail');
    assert(e instanceof Error);
    assert.equal(e.message, 'the reason');
    assert.equal(e.name, 'RangeError');
    assert.deepEqual((e as { ways?: unknown }).ways, ['anyway']);
    assert.match(log.lines.join('\n'), /fail:.*the reason/);
  });

  it("can't call with arguments that do not fit, nor what it is not offered", async () => {
    const { ask } = serve();
    assert.match((await ask('double', '21')).e!.message, /Refused "double" from the webview/);
    assert.match((await ask('double', 1, 2)).e!.message, /Refused "double"/);
    for (const name of ['constructor', '__proto__', 'toString', 'erase'])
      assert.match((await ask(name)).e!.message, /not found/, name);
  });

  it("can't upset the host with a message that is none", async () => {
    const { ask, send, log } = serve();
    for (const message of [null, 'text', 7, {}, { t: 's', i: 'unknown' }]) send(message);
    assert.equal((await ask('double', 4)).r, 8);
    assert(log.lines.length > 0);
  });

  it('gets events without waiting for an answer, and nothing after its end', async () => {
    const { channel, posted } = serve();
    await channel.view.tick(3);
    assert.deepEqual(posted, [{ m: 'tick', a: [3], t: 'q' }]);
    channel.dispose();
    await assert.rejects(channel.view.tick(4), /closed/);
  });

  it('has a page without inline script or style, eval or network', () => {
    const { webview } = fakeWebview();
    const { extensionUri } = thisExtension();
    const html = pageHtml('lab', webview, extensionUri);
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html)!;
    assert.deepEqual(policy!.replace(/'nonce-[A-Za-z0-9+/=]{24}'/, 'NONCE').split('; '), [
      "default-src 'none'",
      'script-src NONCE',
      'style-src https://webview.example',
      'font-src https://webview.example',
    ]);
    assert.doesNotMatch(html, /https:\/\/(?!webview\.example)/);
    assert.doesNotMatch(html, /<style|style="|onload|<script(?! type="module" nonce)/);
    const nonce = (page: string) => /nonce-([^']+)'/.exec(page)![1];
    assert.notEqual(nonce(html), nonce(pageHtml('lab', webview, extensionUri)));
    assert.deepEqual(
      webviewOptions(extensionUri).localResourceRoots!.map((root) =>
        root.path.slice(extensionUri.path.length),
      ),
      ['/dist/webview'],
    );
  });

  it('gets its strings in an attribute that nothing breaks out of', () => {
    assert.equal(escapeAttribute('a"b<c&d'), 'a&quot;b&lt;c&amp;d');
  });
});

describe('a persisted panel', () => {
  it('comes back with its runs, section and images', () => {
    const subject = { runs: ['2026_shapes'], section: 'kernels', images: ['/tmp/猫.png'] };
    assert.deepEqual(parseSubject(subject), subject);
    assert.deepEqual(parseSubject({ ...subject, more: 1 }), subject);
  });

  it('is not believed when it leads out of the runs folder or is something else', () => {
    const subject = { runs: ['a'], section: 'charts', images: [] };
    for (const run of ['..', '.', '', 'a/b', 'a\\b', '../../etc'])
      assert.equal(parseSubject({ ...subject, runs: [run] }), null, run);
    assert.equal(parseSubject({ ...subject, section: 'settings' }), null);
    assert.equal(parseSubject({ ...subject, images: ['relative.png'] }), null);
    for (const state of [undefined, null, 'x', []]) assert.equal(parseSubject(state), null);
  });

  it('comes back with as much as a panel takes, when it has more', () => {
    const images = Array.from({ length: 1001 }, (_, i) => `/tmp/${i}.png`);
    const runs = Array.from({ length: 51 }, (_, i) => `run-${i}`);
    const subject = parseSubject({ runs, section: 'kernels', images });
    assert.deepEqual(subject, { runs: runs.slice(0, 50), section: 'kernels', images: images.slice(0, 1000) });
    assert(v.is(labCalls.remember.takes, [subject]));
    assert(v.is(labCalls.remember.takes, [{ ...subject, images: images.slice(0, 201) }]));
    assert(!v.is(labCalls.remember.takes, [{ ...subject, images }]));
  });

  it('asks for series only within bounds', () => {
    const request = {
      runs: ['a'],
      metrics: ['loss'],
      axis: 'batch',
      from: null,
      to: null,
      width: 400,
      smoothing: 0.5,
      known: { 'a/involution/train/loss': { reading: 'r', stretch: 0.5, count: 7 } },
    };
    assert(v.is(labCalls.series.takes, [request]));
    assert(v.is(labCalls.series.takes, [{ ...request, width: null }]));
    assert(!v.is(labCalls.series.takes, [{ ...request, smoothing: 1 }]));
    assert(!v.is(labCalls.series.takes, [{ ...request, width: -1 }]));
    const far = { reading: 'r', stretch: 1, count: -1 };
    assert(!v.is(labCalls.series.takes, [{ ...request, known: { a: far } }]));
    assert(!v.is(labCalls.save.takes, ['../outside.png', new Uint8Array()]));
    assert(v.is(labCalls.save.takes, ['kernels.png', new Uint8Array(3)]));
  });
});
