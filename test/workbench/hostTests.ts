// Runs the extension-host suite (out/test/host) in a real VS Code: one that @vscode/test-electron downloads where there
// is a display, else the Code-OSS server with its workbench in headless Chromium. One suite, two runners.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { hasDisplay } from '../../src/tools/workbench/display';
import { startServer } from '../../src/tools/workbench/server';
import { launchChromium } from './chromium';

const extension = resolve('.');
const suite = resolve('out/test/host/index.cjs');
const report = resolve('out/results/host.txt');
const patience = 10 * 60_000;
const workspace = mkdtempSync(join(tmpdir(), 'involution workspace 样例 '));

async function inElectron(vscodeExecutablePath: string): Promise<number> {
  console.log('Extension-host suite in a downloaded VS Code');
  return runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: extension,
    extensionTestsPath: suite,
    launchArgs: [workspace],
  });
}

async function inCodeOss(why: string): Promise<number> {
  console.log(`Extension-host suite in the Code-OSS server: ${why}`);
  const data = mkdtempSync(join(tmpdir(), 'involution-host-'));
  const server = await startServer({
    userData: join(data, 'user'),
    extensions: join(data, 'extensions'),
    flags: ['--enable-smoke-test-driver', '--server-data-dir', data],
  });
  const browser = await launchChromium();
  const said: string[] = [];
  try {
    const page = await browser.newPage();
    const outcome = new Promise<number>((done, fail) => {
      void page.exposeFunction('codeAutomationExit', done);
      void page.exposeFunction('codeAutomationLog', (kind: string, words: unknown[]) => {
        said.push(`${kind}: ${words.join(' ')}`);
      });
      setTimeout(
        () => fail(new Error(`No end within ${patience / 60_000} minutes.\n${server.log()}`)),
        patience,
      ).unref();
    });
    const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${encodeURI(path)}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(suite)],
      ['skipWelcome', 'true'],
    ]);
    await page.goto(server.url({ folder: workspace, payload }), { timeout: 120_000 });
    const code = await outcome;
    if (!existsSync(report)) console.error(`The suite did not run.\n${said.join('\n')}\n${server.log()}`);
    return code;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function downloaded(): Promise<{ executable: string } | { why: string }> {
  if (!hasDisplay()) return { why: 'there is no display for a desktop' };
  try {
    return { executable: await downloadAndUnzipVSCode() };
  } catch (error) {
    return { why: `VS Code could not be downloaded: ${(error as Error).message}` };
  }
}

async function run(): Promise<number> {
  const vscode = await downloaded();
  return 'executable' in vscode ? inElectron(vscode.executable) : inCodeOss(vscode.why);
}

rmSync(report, { force: true });
const code = await run().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
if (existsSync(report)) console.log(readFileSync(report, 'utf8'));
rmSync(workspace, { recursive: true, force: true });
process.exit(code);
