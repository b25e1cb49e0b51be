// Opens the packaged extension on the sample workspace, in the best VS Code there is: the `code` on the PATH, else one
// that @vscode/test-electron downloads, else (no display, or no download) Code-OSS in the browser. Says which, and why.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { cacheFolder } from '../../src/node/cacheFolder';
import { currentPlatform } from '../../src/packaging/platforms';
import { freePort, installCodeOss, quietSettings, startServer } from './codeOss';
import { hasDisplay } from './display';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const vsix = resolve('out', `involution-lab-${version}-${currentPlatform()}.vsix`);
const shell = process.platform === 'win32';

/** A copy, so that what a person trains there does not appear in the repository. */
function sampleWorkspace(): string {
  const folder = join(cacheFolder(), 'sample workspace');
  if (!existsSync(folder)) cpSync('test/workbench/sample', folder, { recursive: true });
  return folder;
}

function openDesktop(cli: string, args: string[], workspace: string): void {
  execFileSync(cli, [...args, '--install-extension', vsix, '--force'], { stdio: 'inherit', shell });
  execFileSync(cli, [...args, workspace], { stdio: 'inherit', shell });
}

async function openInBrowser(workspace: string): Promise<void> {
  const codeOss = installCodeOss(console.log);
  const home = join(cacheFolder(), 'start');
  const user = join(home, 'user');
  const folders = ['--extensions-dir', join(home, 'extensions'), '--user-data-dir', user];
  // What a person changes there stays. At first the workspace's README is open: it says where to begin.
  const settings = join(user, 'User', 'settings.json');
  if (!existsSync(settings)) {
    mkdirSync(dirname(settings), { recursive: true });
    const first = { ...quietSettings, 'workbench.startupEditor': 'readme' };
    writeFileSync(settings, `${JSON.stringify(first, null, 2)}\n`);
  }
  execFileSync(codeOss.node, [codeOss.entry, ...folders, '--install-extension', vsix, '--force'], {
    stdio: 'inherit',
  });
  const port = Number(process.env.PORT) || (await freePort());
  const server = await startServer(
    codeOss.node,
    [
      codeOss.entry,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...folders,
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      workspace,
    ],
    port,
  );
  console.log(
    `\n  Involution Lab is open at  ${server.address}/?folder=${encodeURIComponent(workspace)}\n  Ctrl-C ends it.\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop());
  await new Promise((ended) => server.process.once('exit', ended));
}

async function open(): Promise<void> {
  const workspace = sampleWorkspace();
  const onPath = spawnSync('code', ['--version'], { shell, encoding: 'utf8' });
  if (onPath.status === 0) {
    console.log(`Opening the \`code\` on the PATH (${onPath.stdout.split('\n')[0]}).`);
    openDesktop('code', [], workspace);
    return;
  }
  let why = 'there is no display';
  if (hasDisplay()) {
    try {
      const executable = await downloadAndUnzipVSCode();
      const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
      console.log('Opening a downloaded VS Code: there is no `code` on the PATH.');
      openDesktop(cli!, args, workspace);
      return;
    } catch (error) {
      why = `VS Code could not be downloaded: ${(error as Error).message}`;
    }
  }
  console.log(`Opening Code-OSS in the browser: there is no \`code\` on the PATH, and ${why}.`);
  await openInBrowser(workspace);
}

await open();
