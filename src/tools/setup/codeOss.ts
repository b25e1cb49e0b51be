import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../node/cacheFolder';
import { npmCommand } from '../../node/programs.mjs';
import { makeOnce } from './once';
import { requireRoom, runStep } from './step.mjs';

/** Code-OSS 1.139.1 as the npm package code-server carries it, and the Node that it wants. */
const versions = { codeServer: '4.139.1', node: '24.21.0' };

export interface CodeOss {
  readonly node: string;
  /** The script of its server, whose workbench a browser opens. */
  readonly server: string;
}

/**
 * Installs Code-OSS into the cache unless it is there. None of its install scripts is run: they compile native parts
 * (Kerberos, a log writer, a watchdog) that it goes without, and would want a compiler, Python and a particular Node.
 */
export async function ensureCodeOss(): Promise<CodeOss> {
  const folder = join(cacheFolder(), `code-oss-${versions.codeServer}`);
  const windows = process.platform === 'win32';
  const nodePackage = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const editor = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  await makeOnce(folder, async () => {
    requireRoom('Code-OSS', folder, 2);
    console.log(
      `   Code-OSS ${versions.codeServer} into ${folder} (250 MB to download, 800 MB on disk, a minute)`,
    );
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await install(folder, `${nodePackage}@${versions.node}`, `code-server@${versions.codeServer}`);
    await install(editor);
    await install(join(editor, 'extensions'));
  });
  return {
    node: join(folder, 'node_modules', nodePackage, 'bin', windows ? 'node.exe' : 'node'),
    server: join(editor, 'out', 'server-main.js'),
  };
}

/** What is named, or what the package in that folder depends on. */
async function install(folder: string, ...names: string[]): Promise<void> {
  const words = ['install', ...names, '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'];
  await runStep({
    failure: `npm could not install ${names.join(' and ') || 'what Code-OSS depends on'}`,
    ...npmCommand(words),
    cwd: folder,
    shown: `npm ${words.join(' ')}`,
  });
}
