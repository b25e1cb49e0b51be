import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nvidiaCard } from '../../../src/node/nvidiaCard';
import { childEnvironment, findNpm, findProgram, npmCommand } from '../../../src/node/programs.mjs';

let folder: string;
let before: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'involution programs ')));
  before = process.cwd();
});
afterEach(() => {
  process.chdir(before);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function put(file: string, mode = 0o755, text = '#!/bin/sh\necho planted\n'): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a program', () => {
  it('is never one of the current folder, whatever the PATH says', async () => {
    put('here/nvidia-smi');
    put('here/bin/nvidia-smi');
    process.chdir(join(folder, 'here'));
    for (const path of ['', '.', './bin', 'bin', ':.:', '""']) {
      expect(findProgram(['nvidia-smi'], { platform: 'linux', path, execPath: '' })).toBe(null);
      vi.stubEnv('PATH', path);
      expect(await nvidiaCard()).toBe(null);
    }
    const there = put('there/nvidia-smi', 0o755, '#!/bin/sh\necho NVIDIA H100\necho NVIDIA T4\n');
    vi.stubEnv('PATH', `.::${dirname(there)}:/usr/bin:/bin`);
    expect(findProgram(['nvidia-smi'])).toBe(there);
    expect(await nvidiaCard()).toBe('NVIDIA H100');
  });

  it('is a file that may be run', () => {
    put('a/tool', 0o644);
    mkdirSync(join(folder, 'b', 'tool'), { recursive: true });
    const program = put('c/tool');
    const path = ['a', 'b', 'c'].map((name) => join(folder, name)).join(':');
    expect(findProgram(['tool'], { platform: 'linux', path, execPath: '' })).toBe(program);
  });

  it('is an .exe on Windows', () => {
    const program = put('b/nvidia-smi.exe');
    put('a/nvidia-smi.cmd');
    const path = `${join(folder, 'a')};"${join(folder, 'b')}"`;
    expect(findProgram(['nvidia-smi'], { platform: 'win32', path, execPath: '' })).toBe(program);
  });
});

describe('npm', () => {
  const script = 'node_modules/npm/bin/npm-cli.js';

  it.each([['Program Files/nodejs'], ['Users/a & b/nvm']])(
    'on Windows is its script, run by Node: %s',
    (place) => {
      const path = join(folder, place);
      put(`${place}/npm.cmd`);
      const cli = put(`${place}/${script}`);
      const node = put(`${place}/node.exe`);
      const surroundings = { platform: 'win32' as const, path: `.;${path}`, execPath: '/editor/Code.exe' };
      expect(findNpm(surroundings)).toEqual({ file: node, words: [cli] });
    },
  );

  it('on Windows is the one beside Node when the PATH has none, and a shim that is a program itself', () => {
    const cli = put(`nodejs/${script}`);
    const execPath = put('nodejs/node.exe');
    expect(findNpm({ platform: 'win32', path: '', execPath })).toEqual({ file: execPath, words: [cli] });
    const shim = put('volta/npm.exe');
    const path = join(folder, 'volta');
    expect(findNpm({ platform: 'win32', path, execPath })).toEqual({ file: shim, words: [] });
  });

  it('is not a batch file that has no script, nor one of the current folder', () => {
    put('npm.cmd');
    put(script);
    process.chdir(folder);
    const surroundings = { platform: 'win32' as const, execPath: join(folder, 'editor', 'Code.exe') };
    expect(findNpm({ ...surroundings, path: '.;' })).toBe(null);
    expect(findNpm({ ...surroundings, path: join(folder, 'bin') })).toBe(null);
  });

  it('elsewhere is what the PATH leads to, by Node where it is its script', () => {
    const cli = put(`lib/${script}`);
    mkdirSync(join(folder, 'bin'));
    symlinkSync(cli, join(folder, 'bin', 'npm'));
    const shim = put('volta/npm');
    const linux = { platform: 'linux' as const, execPath: '/usr/bin/node' };
    expect(findNpm({ ...linux, path: join(folder, 'bin') })).toEqual({ file: '/usr/bin/node', words: [cli] });
    expect(findNpm({ ...linux, path: join(folder, 'volta') })).toEqual({ file: shim, words: [] });
    // VS Code's own executable gives way to a real Node.
    const node = put('bin/node');
    const editor = {
      platform: 'linux' as const,
      execPath: '/usr/share/code/code',
      path: join(folder, 'bin'),
    };
    expect(findNpm(editor)).toEqual({ file: node, words: [cli] });
  });
});

describe('a child npm', () => {
  const ofAPerson = {
    npm_config_registry: 'https://registry.example/',
    npm_config_https_proxy: 'http://proxy.example:8080',
    npm_config_cafile: '/etc/company.pem',
  };
  /** What an outer npm, run by another Node for another package, leaves in the environment. */
  const ofAnother = {
    npm_config_user_agent: 'npm/9.0.0 node/v18.1.0 linux x64',
    npm_config_prefix: '/elsewhere',
    npm_config_ignore_scripts: 'true',
    npm_config_tfjs_binding_binary_host_mirror: 'http://attacker.example',
    npm_config_TFJS_NODE_CDN_STORAGE: 'http://attacker.example/',
    npm_lifecycle_event: 'start',
    npm_package_name: 'outer',
    npm_execpath: '/a/npm-cli.js',
    INIT_CWD: '/somewhere',
  };
  beforeEach(() => {
    for (const [name, value] of Object.entries({ ...ofAPerson, ...ofAnother, KEPT: 'yes' }))
      vi.stubEnv(name, value);
  });

  it('finds nothing of an npm that runs us in its environment', () => {
    const environment = childEnvironment({ ADDED: 'yes' });
    expect(environment).toMatchObject({ KEPT: 'yes', ADDED: 'yes', PATH: process.env.PATH });
    expect(Object.keys(environment).filter((name) => /^npm_|^INIT_CWD$/i.test(name))).toEqual([]);
  });

  it('is told by words how a person has it reach its registry', () => {
    const { args, env } = npmCommand(['ci', '--include=dev']);
    expect(args.slice(-2)).toEqual(['ci', '--include=dev']);
    expect(args).toEqual(
      expect.arrayContaining([
        '--registry=https://registry.example/',
        '--https-proxy=http://proxy.example:8080',
        '--cafile=/etc/company.pem',
      ]),
    );
    expect(args.filter((word) => /user-agent|prefix=|scripts|tfjs/i.test(word))).toEqual([]);
    expect(env).toEqual(childEnvironment());
  });

  it('tells the scripts it runs of its own Node and package', () => {
    const print = `node -p "JSON.stringify(process.env)"`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'inner', scripts: { print } }));
    vi.stubEnv('npm_config_cafile', undefined);
    const { file, args, env } = npmCommand(['run', '--silent', 'print']);
    const { stdout, stderr } = spawnSync(file, args, { cwd: folder, env, encoding: 'utf8' });
    expect(stderr).toBe('');
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ npm_package_name: 'inner', npm_lifecycle_event: 'print' });
    expect(seen.npm_config_user_agent).toContain(` node/${process.version} `);
    expect(seen.npm_config_registry).toBe('https://registry.example/');
    expect(seen.npm_config_ignore_scripts).toBeUndefined();
    expect(seen.INIT_CWD).not.toBe('/somewhere');
  });
});

it('no program is started through a shell, or by a name that the system would search for', () => {
  // Of what ships.
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.m?tsx?$/.test(file) && !file.startsWith('tools'),
  );
  const found = sources.flatMap((file) =>
    [
      ...readFileSync(join('src', file), 'utf8').matchAll(
        /\bshell: (?!false)|\b(?:spawn|spawnSync|execFile|execFileSync|fork)\)?\(\s*['"`]|\b(?:exec|execSync)\(\s*['"`]/g,
      ),
    ].map(([text]) => `${file}: ${text}`),
  );
  expect(sources.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});
