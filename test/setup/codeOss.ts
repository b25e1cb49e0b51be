import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../src/node/cacheFolder';
import { npmCommand } from '../../src/node/npm.mjs';
import { ensureDebianPackages } from './debian';
import { makeOnce } from './once';
import { requireRoom, runStep } from './step.mjs';

/** Code-OSS 1.139.1 as the npm package code-server carries it, and the Node that it wants. */
const versions = { codeServer: '4.139.1', node: '24.21.0' };

export interface CodeOss {
  readonly node: string;
  /** The script of its server, whose workbench a browser opens. */
  readonly server: string;
}

/** Installs Code-OSS into the cache unless it is there. */
export async function ensureCodeOss(): Promise<CodeOss> {
  const folder = join(cacheFolder(), `code-oss-${versions.codeServer}`);
  const modules = join(folder, 'node_modules');
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const nodePackage = `node-${platform}-${process.arch}`;
  const nodeFolder = join(modules, nodePackage);
  const node = join(nodeFolder, 'bin', platform === 'win' ? 'node.exe' : 'node');
  await makeOnce(folder, async () => {
    await ensureDebianPackages(
      ['libkrb5-dev', 'libsecret-1-dev', 'libx11-dev', 'libxkbfile-dev', 'make', 'g++', 'python3'],
      'Code-OSS in the browser',
    );
    requireRoom('Code-OSS', folder, 2);
    console.log(
      `   Code-OSS ${versions.codeServer} into ${folder} (170 MB to download, two to three minutes)`,
    );
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await install(folder, [`${nodePackage}@${versions.node}`, '--ignore-scripts']);
    // Its install scripts want to be run by the Node that will run it, and to compile for that one. npm 11 does not run
    // install scripts unasked.
    await install(folder, [`code-server@${versions.codeServer}`], {
      node,
      additions: {
        PATH: [join(nodeFolder, 'bin'), process.env.PATH].join(delimiter),
        npm_config_nodedir: nodeFolder,
        npm_config_dangerously_allow_all_scripts: 'true',
        npm_config_ignore_scripts: 'false',
      },
    });
  });
  return { node, server: join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js') };
}

async function install(
  folder: string,
  words: string[],
  options?: Parameters<typeof npmCommand>[1],
): Promise<void> {
  const command = ['install', '--no-audit', '--no-fund', ...words];
  await runStep({
    failure: `npm could not install ${words[0]}`,
    ...npmCommand(command, options),
    cwd: folder,
    shown: `npm ${command.join(' ')}`,
  });
}
