import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { restoreUtilFunctions } from '../../../src/engines/tensorflow/backend';
import { tensorFlowDriver } from '../../../src/engines/tensorflow/driver';
import { removeTensorFlow } from '../../../src/engines/tensorflow/engineFolder';
import { installLog, installTensorFlow } from '../../../src/engines/tensorflow/install';
import {
  installationFile,
  readInstallation,
  tensorFlowFolder,
} from '../../../src/engines/tensorflow/installation';
import { findProgram } from '../../../src/node/programs.mjs';
import { involution } from '../support/involution';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tensorflow-engine-'));
  vi.stubEnv('INVOLUTION_LAB_CACHE', join(folder, 'cache'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A PATH with these programs and no others. */
function stubPath(...programs: string[]) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const program of programs) symlinkSync(findProgram([program])!, join(bin, program));
  vi.stubEnv('PATH', bin);
}

/** A folder that looks like pip's tensorflow. */
function stubLibrary({ headers = true } = {}) {
  const library = join(folder, 'tensorflow');
  mkdirSync(join(library, 'include', 'tensorflow', 'c'), { recursive: true });
  for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    writeFileSync(join(library, file), 'not a library');
  if (headers) writeFileSync(join(library, 'include', 'tensorflow', 'c', 'c_api.h'), '');
  return library;
}

function stubInstallation(content: string) {
  mkdirSync(tensorFlowFolder(), { recursive: true });
  writeFileSync(join(tensorFlowFolder(), installationFile), content);
}

const record = JSON.stringify({ package: '@tensorflow/tfjs-node', libtensorflow: null, bytes: 1 });

describe('TensorFlow that is not there', () => {
  it('is reported with how to get it', async () => {
    const unavailable = { name: 'tensorflow', available: false, device: '', version: '' };
    expect(await tensorFlowDriver.probe()).toEqual({
      ...unavailable,
      reason: 'TensorFlow is not installed.',
      cure: 'Install it with: involution engines install tensorflow',
    });
    await expect(tensorFlowDriver.start()).rejects.toThrow(
      "The tensorflow engine can't be used: TensorFlow is not installed. Install it with: involution engines",
    );
  });

  it.each([
    ['no JSON', `${installationFile} can't be read: `],
    ['{"package": "left-pad"}', `${installationFile} can't be read: `],
    [record, "Cannot find module '"],
  ])('is told from TensorFlow that does not work: %s', async (content, reason) => {
    stubInstallation(content);
    const report = await tensorFlowDriver.probe();
    expect(report.available).toBe(false);
    expect(report.reason).toContain(`the TensorFlow in ${tensorFlowFolder()} does not work: ${reason}`);
    expect(report.cure).toBe('Install it again with: involution engines install tensorflow');
    await expect(tensorFlowDriver.start()).rejects.toThrow('Install it again with');
  });

  it('is told from TensorFlow whose library crashes the process that loads it', async () => {
    stubInstallation(record);
    const packages = join(tensorFlowFolder(), 'node_modules');
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(packages, file)), { recursive: true });
      writeFileSync(join(packages, file), text);
    };
    write('@tensorflow/tfjs-node/package.json', '{"name": "@tensorflow/tfjs-node"}');
    write('@mapbox/node-pre-gyp/index.js', 'exports.find = () => process.kill(process.pid, "SIGSEGV");');
    expect((await tensorFlowDriver.probe()).reason).toContain('does not work: it ended with SIGSEGV.');
  });
});

describe('an installation that fails says why, and leaves what was there', () => {
  const install = (options: Parameters<typeof installTensorFlow>[0]) => installTensorFlow(options);

  beforeEach(() => stubInstallation(record));
  afterEach(() => {
    expect(readInstallation()).toEqual(JSON.parse(record));
    expect(existsSync(`${tensorFlowFolder()}.installing-${process.pid}`)).toBe(false);
  });

  it('without npm', async () => {
    stubPath('node');
    await expect(install({})).rejects.toThrow(
      'npm, which fetches it, is not on the PATH. Install Node.js 20',
    );
  });

  it('without TensorFlow in the folder', async () => {
    await expect(install({ libtensorflow: folder })).rejects.toThrow(
      `${folder} has no libtensorflow.so, libtensorflow_framework.so. The folder of pip's TensorFlow is printed by`,
    );
    await expect(install({ libtensorflow: join(folder, 'nowhere') })).rejects.toThrow(
      'nowhere has no libtens',
    );
  });

  it('without headers', async () => {
    const library = stubLibrary({ headers: false });
    await expect(install({ libtensorflow: library })).rejects.toThrow('include has no tensorflow/c/c_api.h.');
  });

  it.each([
    [['npm', 'node'], 'make'],
    [['npm', 'node', 'make'], 'a C++ compiler'],
    [['npm', 'node', 'make', 'g++'], 'python3'],
  ])('with %j alone on the PATH', async (programs, missing) => {
    const library = stubLibrary();
    stubPath(...programs);
    await expect(install({ libtensorflow: library })).rejects.toThrow(
      `needs ${missing}, which is not on the PATH. Install a compiler`,
    );
  });

  it('below a path with a space, where node-gyp does not work', async () => {
    const library = stubLibrary();
    vi.stubEnv('INVOLUTION_LAB_CACHE', join(folder, 'a cache'));
    stubInstallation(record);
    await expect(install({ libtensorflow: library })).rejects.toThrow('Set INVOLUTION_LAB_CACHE to a folder');
  });

  it('without a network, with the log that npm left', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    vi.stubEnv('npm_config_cache', join(folder, 'npm'));
    vi.stubEnv('npm_config_fetch_retries', '0');
    await expect(install({})).rejects.toThrow(/npm could not fetch the binding: .*ECONNREFUSED.* Full log: /);
    expect(readFileSync(installLog(), 'utf8')).toMatch(/npm-cli.js .*ci --ignore-scripts[\s\S]*ECONNREFUSED/);
  });

  it('when it is cancelled, within the step', async () => {
    const cancel = new AbortController();
    const reason = new Error('Not now.');
    const steps: string[] = [];
    const onProgress = ({ message }: { message: string }) => {
      steps.push(message);
      setTimeout(() => cancel.abort(reason), 200);
    };
    await expect(install({ signal: cancel.signal, onProgress })).rejects.toBe(reason);
    expect(steps).toEqual(['Fetching the binding of TensorFlow.js to TensorFlow (9 MB)']);
  });
});

describe('removing TensorFlow', () => {
  it('frees its bytes, once', async () => {
    stubInstallation(record);
    expect(await removeTensorFlow()).toBe(record.length);
    expect(await removeTensorFlow()).toBe(0);
    expect(existsSync(tensorFlowFolder())).toBe(false);
  });
});

describe('what tfjs-node calls and Node 23 took away', () => {
  it('comes back, and is no longer what Node 22 warns of', () => {
    const util: Record<string, unknown> = { isArray: () => expect.fail('the deprecated one') };
    restoreUtilFunctions(util);
    const isNullOrUndefined = util.isNullOrUndefined as (value: unknown) => boolean;
    expect([null, undefined, 0, ''].map(isNullOrUndefined)).toEqual([true, true, false, false]);
    expect((util.isArray as typeof Array.isArray)([])).toBe(true);
  });

  it('comes back in the module that others require', () => {
    const util = createRequire(import.meta.url)('util');
    delete util.isArray;
    restoreUtilFunctions();
    expect(util.isArray([])).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')(
  'a program that TensorFlow needs another environment for',
  () => {
    const run = (script: string, env: Record<string, string> = {}) => {
      const main = join(folder, 'main.mts');
      const watching = join(import.meta.dirname, '../../../src/cli/watchedProcess');
      stubInstallation(record);
      writeFileSync(main, `import { watchNativeEngine } from ${JSON.stringify(watching)};\n${script}`);
      const tsx = createRequire(import.meta.url).resolve('tsx');
      return execFile(process.execPath, ['--import', tsx, main, 'a word'], {
        env: { ...process.env, ...env },
      });
    };
    const outcome = (child: ReturnType<typeof run>) => {
      let out = '';
      child.stdout!.on('data', (chunk) => {
        out += chunk;
      });
      return new Promise<{ code: number | null; signal: string | null; out: string }>((resolve) =>
        child.once('close', (code, signal) => resolve({ code, signal, out })),
      );
    };

    it('runs again in it, once, with its words, its output and its exit code', async () => {
      const script = `
      console.log('before');
      await watchNativeEngine('tensorflow');
      console.log(process.argv[2], process.env.MALLOC_ARENA_MAX, process.env.MALLOC_TOP_PAD_);
      process.exitCode = 7;`;
      expect(await outcome(run(script, { MALLOC_TOP_PAD_: '4096' }))).toEqual({
        code: 7,
        signal: null,
        out: 'before\nbefore\na word 1 4096\n',
      });
    });

    it.each([['train'], ['bench --profile']])('is each that runs it: %s', async (command) => {
      stubInstallation(record);
      const binding = join(tensorFlowFolder(), 'node_modules', '@tensorflow', 'tfjs-node');
      mkdirSync(binding, { recursive: true });
      const script = "throw new Error('MALLOC_ARENA_MAX is ' + process.env.MALLOC_ARENA_MAX)";
      writeFileSync(join(binding, 'index.js'), script);
      const { code, err } = await involution([...command.split(' '), '--engine', 'tensorflow'], folder);
      expect(code).toBe(1);
      expect(err).toContain(`the TensorFlow in ${tensorFlowFolder()} does not work: MALLOC_ARENA_MAX is 1.`);
    });

    it('gets the signals that were meant for it', async () => {
      const script = `
      await watchNativeEngine('tensorflow');
      process.once('SIGINT', () => { console.log('saved'); process.exit(130); });
      setInterval(() => {}, 1000);
      console.log('ready');`;
      const child = run(script);
      child.stdout!.once('data', () => child.kill('SIGINT'));
      expect(await outcome(child)).toEqual({ code: 130, signal: null, out: 'ready\nsaved\n' });
    });

    it('is told to stop when the one that was started is killed', async () => {
      const script = `
      await watchNativeEngine('tensorflow');
      process.once('SIGTERM', () => { console.log('saved'); process.exit(); });
      setInterval(() => {}, 1000);
      console.log('ready');`;
      const child = run(script);
      child.stdout!.once('data', () => child.kill('SIGKILL'));
      expect(await outcome(child)).toEqual({ code: null, signal: 'SIGKILL', out: 'ready\nsaved\n' });
    });
  },
);
