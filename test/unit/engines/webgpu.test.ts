import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineReport } from '../../../src/core/runs/engineReport';

const root = join(import.meta.dirname, '../../..');

/** The driver as it ships, in a folder where the optional package webgpu can be missing. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webgpu-engine-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['src/engines/webgpu/driver.ts'],
    outfile: join(folder, 'driver.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['webgpu'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the driver reports, what it throws when it is started all the same, and what is printed meanwhile. */
async function ask(
  env: Record<string, string> = {},
): Promise<{ report: EngineReport; error: string; stderr: string }> {
  const script = `
    const { webGpuDriver } = await import(${JSON.stringify(pathToFileURL(join(folder, 'driver.mjs')).href)});
    const report = await webGpuDriver.probe();
    const error = await webGpuDriver.start().catch(String);
    console.log(JSON.stringify({ report, error }));`;
  const words = ['--input-type=module', '-e', script];
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, options);
  return { ...JSON.parse(stdout), stderr };
}

describe('the webgpu engine says why it can’t be used', () => {
  it('without the optional package', async () => {
    const { report, error } = await ask();
    expect(report).toEqual({
      name: 'webgpu',
      available: false,
      device: '',
      version: '',
      reason: 'the optional package webgpu is not installed.',
      cure: 'Install it with: npm install webgpu@0.6.2',
    });
    expect(error).toBe(
      "EngineError: The webgpu engine can't be used: the optional package webgpu is not installed. " +
        'Install it with: npm install webgpu@0.6.2',
    );
  });

  it('on a platform that the package has no build for', async () => {
    const installed = join(folder, 'node_modules', 'webgpu');
    mkdirSync(installed, { recursive: true });
    for (const file of ['package.json', 'index.js'])
      cpSync(join(root, 'node_modules', 'webgpu', file), join(installed, file));
    const { report } = await ask();
    rmSync(installed, { recursive: true });
    expect(report.reason).toBe(`the package webgpu has no build for ${process.platform}-${process.arch}.`);
    expect(report.cure).toBe('Choose another engine.');
  });

  it.runIf(process.platform === 'linux')('without a graphics driver', async () => {
    const installed = join(folder, 'node_modules', 'webgpu');
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(join(root, 'node_modules', 'webgpu'), installed, 'dir');
    const { report, error, stderr } = await ask({
      VK_ICD_FILENAMES: '/nowhere.json',
      VK_DRIVER_FILES: '/nowhere.json',
    });
    rmSync(installed);
    expect(report.available).toBe(false);
    // With what the Vulkan loader says of it, in its own words.
    expect(report.reason).toMatch(/^no GPU adapter was found( \(.+\))?\.$/);
    expect(error).toContain('It needs a graphics driver with Vulkan (Linux)');
    expect(stderr).toBe('');
  });

  it.runIf(process.platform !== 'win32')('with a graphics driver that crashes', async () => {
    const installed = join(folder, 'node_modules', 'webgpu');
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{ "type": "module", "main": "index.js" }');
    const crash =
      "process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1e6); export const create = () => {};";
    writeFileSync(join(installed, 'index.js'), crash);
    const { report } = await ask();
    rmSync(installed, { recursive: true });
    expect(report.available).toBe(false);
    expect(report.reason).toBe('the process that looked for a GPU ended: SIGSEGV.');
    expect(report.cure).toBe('Update the graphics driver, or choose another engine.');
  });
});
