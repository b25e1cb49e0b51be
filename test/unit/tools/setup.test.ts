import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thisProcess } from '../../../src/node/holder';
import { ensureDebianPackages } from '../../../src/tools/setup/debian';
import { makeOnce } from '../../../src/tools/setup/once';
import { requireRoom, runStep, SetupError } from '../../../src/tools/setup/step.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a step of the set-up that fails', () => {
  const program = (script: string) => ({
    failure: 'it could not be made',
    file: process.execPath,
    args: ['-e', script],
    shown: 'make it',
  });
  const failing = (output: string) =>
    runStep({ ...program(`console.log(${JSON.stringify(output)}); process.exitCode = 3`), cwd: folder }).then(
      () => expect.fail('it ended well'),
      (error: Error) => error,
    );

  it('gives what one that ends well printed', async () => {
    expect(await runStep(program('console.log("made")'))).toBe('made\n');
  });

  it('says which command, its last ten lines, and that one can run it oneself', async () => {
    const error = await failing(Array.from({ length: 14 }, (_, i) => `line ${i + 1}`).join('\n'));
    expect(error).toBeInstanceOf(SetupError);
    const lines = error.message.split('\n');
    expect(lines[0]).toBe(`it could not be made: "make it" ended with 3 in ${folder}.`);
    expect(lines.slice(1, -1)).toEqual(Array.from({ length: 10 }, (_, i) => `    | line ${i + 5}`));
    expect(lines.at(-1)).toBe(`  Run "make it" yourself in ${folder} to see all that it says.`);
  });

  it.each([
    ['npm error code ENOSPC', /full: make room, or set INVOLUTION_LAB_CACHE/],
    [
      'npm error network request to https://r failed, reason: getaddrinfo ENOTFOUND r',
      /Behind a proxy set HTTPS_PROXY/,
    ],
    ['ERROR: No matching distribution found for tensorflow-cpu', /Behind a proxy set HTTPS_PROXY/],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/],
    ['E: Could not open lock file - open (13: Permission denied)', /as one who may/],
  ])('knows the way out of "%s"', async (output, way) => {
    expect((await failing(output)).message.split('\n').at(-1)).toMatch(way);
  });

  it('says so when the program is not there', async () => {
    const step = runStep({ failure: 'no such thing', file: join(folder, 'nothing'), args: [] });
    await expect(step).rejects.toThrow(/^no such thing: ".*nothing" ended with -1/);
  });

  it('is not begun on a disk without room for it', () => {
    expect(() => requireRoom('Everything', join(folder, 'not', 'yet'), 1e9)).toThrow(
      `Everything needs ${1e9} GB free in ${folder}, which has `,
    );
    expect(() => requireRoom('Nothing', folder, 0)).not.toThrow();
  });
});

describe('Debian packages that are missing', () => {
  const { PATH } = process.env;
  /** A machine of these programs only. */
  const machine = (programs: Record<string, string>) => {
    for (const [name, script] of Object.entries(programs))
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = folder;
  };
  afterEach(() => {
    process.env.PATH = PATH;
    vi.restoreAllMocks();
  });
  const oneIsInstalled = `printf 'Package: make\\nStatus: install ok installed\\nPriority: standard\\n'; exit 1`;

  it('are named to a user who may not install them', async () => {
    machine({ 'dpkg-query': oneIsInstalled });
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    await expect(ensureDebianPackages(['make', 'chromium', 'libvulkan1'], 'WebGPU')).rejects.toThrow(
      new SetupError(
        'WebGPU needs root or these Debian packages: chromium libvulkan1.\n  Ask for them: sudo apt-get install --no-install-recommends chromium libvulkan1',
      ),
    );
    await ensureDebianPackages(['make'], 'WebGPU');
  });

  it('are installed for root; when that fails, apt-get has its say', async () => {
    const installed = join(folder, 'installed');
    machine({
      'dpkg-query': oneIsInstalled,
      dpkg: '',
      'apt-get': `case "$*" in *no-such*) echo "E: Unable to locate package no-such"; exit 100;; *) echo "$*" >> ${installed};; esac`,
    });
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    await ensureDebianPackages(['make', 'chromium'], 'WebGPU');
    expect(readFileSync(installed, 'utf8')).toMatch(/^update .*\ninstall .* chromium\n$/);
    await expect(ensureDebianPackages(['no-such'], 'WebGPU')).rejects.toThrow(
      /^apt-get could not install what WebGPU needs: "apt-get install .* no-such" ended with 100 in .*\n {4}\| E: Unable to locate package no-such\n/,
    );
  });

  it('are nobody’s business where there is no Debian', async () => {
    machine({});
    await ensureDebianPackages(['chromium'], 'WebGPU');
  });
});

describe('a folder that is made once', () => {
  const target = () => join(folder, 'cache', 'thing');
  const make = (content: string) => async () => writeFileSync(join(target(), 'content'), content);
  const content = () => readFileSync(join(target(), 'content'), 'utf8');

  it('is made, and not made again', async () => {
    await makeOnce(target(), make('first'));
    await makeOnce(target(), make('second'));
    expect(content()).toBe('first');
  });

  it('is made anew after it failed, or was interrupted, half-way', async () => {
    const half = async () => {
      writeFileSync(join(target(), 'half'), '');
      throw new Error('interrupted');
    };
    await expect(makeOnce(target(), half)).rejects.toThrow('interrupted');
    // A killed one leaves its lock behind as well.
    const { stdout } = spawnSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' });
    writeFileSync(`${target()}.lock`, JSON.stringify({ ...thisProcess('gone'), pid: Number(stdout) }));
    await makeOnce(target(), make('whole'));
    expect(existsSync(join(target(), 'half'))).toBe(false);
    expect(content()).toBe('whole');
    expect(existsSync(`${target()}.lock`)).toBe(false);
  });

  it('is waited for while another one makes it', async () => {
    let finish = () => {};
    const first = makeOnce(target(), async () => {
      await new Promise<void>((done) => {
        finish = done;
      });
      await make('first')();
    });
    let made = false;
    const second = makeOnce(target(), make('second')).then(() => {
      made = true;
    });
    await new Promise((wake) => setTimeout(wake, 700));
    expect(made).toBe(false);
    finish();
    await Promise.all([first, second]);
    expect(content()).toBe('first');
  });
});
