// Opens the packaged extension on the sample workspace, in the best VS Code there is: the `code` on the PATH, else one
// that @vscode/test-electron downloads, else (no display, or no download) Code-OSS in the browser. Says which, and why.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { cacheFolder } from '../../node/cacheFolder';
import { currentPlatform } from '../packaging/platforms';
import { runScript, SetupError } from '../setup/step.mjs';
import { hasDisplay } from './display';
import { quietSettings, startServer } from './server';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const vsix = resolve('out', `involution-lab-${version}-${currentPlatform()}.vsix`);

/** A copy, so that what a person trains there does not appear in the repository. */
function sampleWorkspace(): string {
  const folder = join(cacheFolder(), 'sample workspace');
  if (!existsSync(folder)) cpSync('src/tools/workbench/sample', folder, { recursive: true });
  return folder;
}

/** Runs the editor's own command. On Windows it is a batch file: only a shell runs it, and takes words apart at spaces. */
function runCode(cli: string, args: readonly string[], stdio: 'inherit' | 'pipe') {
  const options = { stdio, encoding: 'utf8' } as const;
  if (process.platform !== 'win32') return spawnSync(cli, args, options);
  return spawnSync([cli, ...args].map((word) => `"${word}"`).join(' '), { ...options, shell: true });
}

function openDesktop(cli: string, args: string[], workspace: string): void {
  for (const words of [['--install-extension', vsix, '--force'], [workspace]]) {
    const { status } = runCode(cli, [...args, ...words], 'inherit');
    if (status !== 0)
      throw new SetupError(
        `"${cli} ${words.join(' ')}" ended with ${status}.\n  Run it yourself; or install ${vsix} in VS Code: Extensions, "Install from VSIX…".`,
      );
  }
}

async function openInBrowser(workspace: string): Promise<void> {
  const home = join(cacheFolder(), 'start');
  const user = join(home, 'user');
  // What a person changes there stays. At first the workspace's README is open: it says where to begin.
  const settings = join(user, 'User', 'settings.json');
  if (!existsSync(settings)) {
    mkdirSync(dirname(settings), { recursive: true });
    const first = { ...quietSettings, 'workbench.startupEditor': 'readme' };
    writeFileSync(settings, `${JSON.stringify(first, null, 2)}\n`);
  }
  const server = await startServer({
    userData: user,
    extensions: join(home, 'extensions'),
    install: [vsix],
    flags: ['--disable-workspace-trust'],
    port: Number(process.env.PORT) || undefined,
  });
  // The address is the key: whoever has it can use the editor, its terminals included.
  console.log(`\n  Involution Lab is open at  ${server.url({ folder: workspace })}\n  Ctrl-C ends it.\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop());
  await new Promise((ended) => server.process.once('exit', ended));
}

async function open(): Promise<void> {
  const workspace = sampleWorkspace();
  const onPath = runCode('code', ['--version'], 'pipe');
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

await runScript(open);
