// Runs the extension-host suite (out/test/host/index.cjs) in a real VS Code: one that @vscode/test-electron can
// download where there is a display, else the Code-OSS server with its workbench in headless Chromium.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchChromium } from './chromium';
import { freePort, installCodeOss, startServer } from './codeOss';

const extension = resolve('.');
const suite = resolve('out/test/host/index.cjs');
const patience = 10 * 60_000;

async function inElectron(workspace: string): Promise<number> {
  const { runTests } = await import('@vscode/test-electron');
  return runTests({ extensionDevelopmentPath: extension, extensionTestsPath: suite, launchArgs: [workspace] });
}

async function inCodeOss(workspace: string): Promise<number> {
  const codeOss = installCodeOss(console.log);
  const data = mkdtempSync(join(tmpdir(), 'involution-host-'));
  const port = await freePort();
  const server = await startServer(
    codeOss.node,
    [
      codeOss.server,
      ...['--host', '127.0.0.1', '--port', String(port)],
      '--without-connection-token',
      '--accept-server-license-terms',
      '--enable-smoke-test-driver',
      ...['--server-data-dir', data],
      ...['--telemetry-level', 'off'],
    ],
    port,
  );
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const outcome = new Promise<number>((done) => {
      void page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
        if (type === 'error') console.error(...args);
        else console.log(...args);
      });
      void page.exposeFunction('codeAutomationExit', (code: number) => done(code));
    });
    const remote = (path: string) => `vscode-remote://127.0.0.1:${port}${encodeURI(path)}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(suite)],
      ['skipWelcome', 'true'],
    ]);
    await page.goto(
      `${server.address}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`,
    );
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`The suite did not end within ${patience / 60_000} minutes.\n${server.log()}`)), patience).unref(),
    );
    return await Promise.race([outcome, late]);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** A display or macOS/Windows, and a VS Code that can be had: asked for with VSCODE_TEST=electron. */
const useElectron = process.env['VSCODE_TEST'] === 'electron';
const workspace = mkdtempSync(join(tmpdir(), 'involution workspace 样例 '));
mkdirSync(join(workspace, '.vscode'));
if (!existsSync(suite)) throw new Error(`${suite} is missing: run node esbuild.mjs hostTests first.`);
console.log(
  useElectron
    ? 'Extension-host suite in a downloaded VS Code (VSCODE_TEST=electron)'
    : 'Extension-host suite in the Code-OSS server (VSCODE_TEST=electron takes a downloaded VS Code instead)',
);
process.exitCode = await (useElectron ? inElectron(workspace) : inCodeOss(workspace));
rmSync(workspace, { recursive: true, force: true });
process.exit();
