import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../../src/core/runs/exportFormats';
import { exportModel } from '../../../src/node/export/exportModel';
import { findCheckpoint, listCheckpoints, loadNetwork } from '../../../src/node/runs/checkpoints';
import { readManifest, readRunName, renameRun } from '../../../src/node/runs/runFolder';
import { listRuns } from '../../../src/node/runs/runList';
import { TrainedRun } from '../support/trainedRun';

/** What a repository may bring along: links, pipes and devices where a run has its files, or an export is written. */
let trained: TrainedRun;
beforeAll(async () => {
  trained = await TrainedRun.train({ models: ['involution'], epochs: 4 });
});
afterAll(() => trained[Symbol.asyncDispose]());

/** A person's own files, which no run has anything to do with. */
let outside: string;
beforeEach(async () => {
  outside = await mkdtemp(join(trained.base, 'home '));
  await writeFile(join(outside, 'bashrc'), 'export A=1\n');
  await mkdir(join(outside, 'keys'));
  await writeFile(join(outside, 'keys', 'optimizer.bin'), 'a private key');
});

async function expectOutsideUntouched(): Promise<void> {
  expect((await readdir(outside, { recursive: true })).sort()).toEqual([
    'bashrc',
    'keys',
    'keys/optimizer.bin',
  ]);
  expect(await readFile(join(outside, 'bashrc'), 'utf8')).toBe('export A=1\n');
  expect(await readFile(join(outside, 'keys', 'optimizer.bin'), 'utf8')).toBe('a private key');
}

const isALink = 'it is a link, and links are not followed here';

/** As it was an epoch ago. */
async function unfinished(): Promise<string> {
  const folder = await trained.copy();
  const log = join(folder, 'events.jsonl');
  const lines = (await readFile(log, 'utf8')).split('\n');
  await writeFile(
    log,
    `${lines
      .slice(
        0,
        lines.findIndex((line) => line.includes('modelEnd')),
      )
      .join('\n')}\n`,
  );
  await rm(join(folder, 'involution', 'epoch-0004'), { recursive: true });
  return folder;
}

async function plant(run: string, name: string, to: string): Promise<void> {
  await rm(join(run, name), { recursive: true, force: true });
  await symlink(to, join(run, name));
}

describe('exporting', () => {
  const target: Record<ExportFormat, string> = {
    tfjs: 'inn',
    keras: 'inn.keras',
    safetensors: 'inn.safetensors',
  };
  const formats = Object.keys(target) as ExportFormat[];

  it.each(formats)('%s writes through no link of any name that it may use', async (format) => {
    const into = await mkdtemp(join(trained.base, 'into '));
    await mkdir(join(into, 'inn'));
    const files = ['model.json', 'weights.bin', 'model.md'].map((name) => `inn/${name}`);
    const names = [...files, 'inn.keras', 'inn.safetensors', 'involution_layer.py'];
    for (const name of names)
      for (const planted of [name, `${name}.tmp`, `${name}.h5.tmp`])
        await symlink(join(outside, 'bashrc'), join(into, planted));
    const write = (replace: boolean) =>
      exportModel(trained.folder, 'involution', format, join(into, target[format]), { replace });
    await expect(write(false)).rejects.toThrow('What is there would be lost');
    const written = await write(true);
    expect(written.length).toBeGreaterThan(0);
    for (const path of written) expect((await readFile(path)).length).toBeGreaterThan(100);
    await expectOutsideUntouched();
    // Besides what was planted, only what was written.
    expect(await readdir(into)).toHaveLength(1 + 3 * (names.length - files.length));
  });

  it('writes into no folder that is a link', async () => {
    const into = await mkdtemp(join(trained.base, 'into '));
    await symlink(outside, join(into, 'inn'));
    await expect(exportModel(trained.folder, 'involution', 'tfjs', join(into, 'inn'))).rejects.toThrow(
      `${join(into, 'inn')} can't be made: ${isALink}`,
    );
    await expectOutsideUntouched();
  });

  it.each(['weights.bin', 'model.json', 'cursor.json'])(
    'gives away nothing that %s links to',
    async (file) => {
      const run = await trained.copy();
      await plant(run, `involution/epoch-0004/${file}`, join(outside, 'bashrc'));
      for (const format of formats) {
        const into = await mkdtemp(join(trained.base, 'into '));
        await expect(exportModel(run, 'involution', format, join(into, target[format]))).rejects.toThrow(
          `${file} can't be read: ${isALink}. Choose another checkpoint: those of the epochs 0, 1, 2, 3 are whole.`,
        );
        expect(await readdir(into, { recursive: true })).toEqual([]);
      }
      await expect(loadNetwork(await findCheckpoint(run, 'involution', 4))).rejects.toThrow(isALink);
    },
  );
});

describe('resuming', () => {
  it('appends to no file that the log links to, though the run is called like a command', async () => {
    const run = join(trained.base, 'runs', 'touch owned; #');
    await rename(await unfinished(), run);
    await plant(run, 'events.jsonl', join(outside, 'bashrc'));
    await expect(trained.resume(run)).rejects.toThrow(`events.jsonl can't be written: ${isALink}`);
    await expectOutsideUntouched();
    expect(await readdir(run)).not.toContain('lock');
  });

  it('writes no checkpoint into a folder that is a link', async () => {
    const run = await unfinished();
    await plant(run, 'involution/epoch-0004', join(outside, 'keys'));
    await expect(trained.resume(run)).rejects.toThrow(`epoch-0004 can't be written: ${isALink}`);
    await expectOutsideUntouched();
    const other = await unfinished();
    await plant(other, 'involution', outside);
    await expect(trained.resume(other)).rejects.toThrow(`involution can't be read: ${isALink}`);
    await expectOutsideUntouched();
  });

  it('prunes no checkpoint that is a link', async () => {
    const run = await unfinished();
    await plant(run, 'involution/epoch-0001', join(outside, 'keys'));
    await plant(run, 'involution/epoch-0003-batch-1', join(outside, 'keys'));
    expect(await trained.resume(run)).toEqual([]);
    await expectOutsideUntouched();
    expect((await listCheckpoints(run, 'involution')).map(({ epoch }) => epoch)).toEqual([0, 2, 3, 4]);
  });

  it('goes on from the checkpoint before one whose file is a link', async () => {
    const run = await unfinished();
    await cp(join(trained.folder, 'involution'), join(run, 'involution'), { recursive: true });
    await plant(run, 'involution/epoch-0004/optimizer.bin', join(outside, 'keys', 'optimizer.bin'));
    expect((await trained.resume(run))[0]).toContain(
      `optimizer.bin can't be read: ${isALink}. Going on from the checkpoint before it`,
    );
    await expectOutsideUntouched();
  });
});

describe('looking', () => {
  it('reads no manifest through a link, and names a run after none', async () => {
    const run = await trained.copy();
    await writeFile(join(outside, 'label.json'), '{"name":"stolen"}');
    await plant(run, 'label.json', join(outside, 'label.json'));
    const manifest = await readManifest(run);
    expect(await readRunName(run, manifest)).toBe(manifest.id);
    await renameRun(run, 'mine');
    expect(await readRunName(run, manifest)).toBe('mine');
    expect(await readFile(join(outside, 'label.json'), 'utf8')).toBe('{"name":"stolen"}');

    await rename(join(run, 'run.json'), join(outside, 'run.json'));
    await symlink(join(outside, 'run.json'), join(run, 'run.json'));
    await expect(readManifest(run)).rejects.toThrow(`run.json can't be read: ${isALink}`);
    await expect(renameRun(run, 'again')).rejects.toThrow(isALink);
  });

  if (process.platform !== 'win32')
    it('waits for no pipe and reads no device', async () => {
      const [piped, device] = [await trained.copy(), await trained.copy()];
      for (const file of ['run.json', 'label.json', 'events.jsonl', 'involution/epoch-0004/weights.bin']) {
        await rm(join(piped, file), { force: true });
        execFileSync('mkfifo', [join(piped, file)]);
        await plant(device, file, '/dev/zero');
      }
      const { unreadable } = await listRuns(join(trained.base, 'runs'));
      for (const run of [piped, device]) {
        expect(unreadable.find(({ folder }) => folder === run)?.reason).toContain("run.json can't be read");
        await expect(loadNetwork(await findCheckpoint(run, 'involution', 4))).rejects.toThrow(
          /weights\.bin can't be read: (something else is in its place|it is a link)/,
        );
        await rm(join(run, 'run.json'));
        await writeFile(join(run, 'run.json'), await readFile(join(trained.folder, 'run.json')));
        await expect(trained.resume(run)).rejects.toThrow(/events\.jsonl can't be written/);
      }
    });
});
