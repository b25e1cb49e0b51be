import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraining } from '../../../src/application/training/startTraining';
import { expandModels } from '../../../src/core/network/model';
import type { RunEvent } from '../../../src/core/runs/events';
import type { RunManifest } from '../../../src/core/runs/manifest';
import { shownRunName } from '../../../src/core/runs/runName';
import { EventLog } from '../../../src/node/runs/eventLog';
import { createRunFolder, readManifest, readRunName, renameRun } from '../../../src/node/runs/runFolder';
import { deleteRun, findRun, listRuns, readRun } from '../../../src/node/runs/runList';
import { RunLock } from '../../../src/node/runs/runLock';
import { tinySpec } from '../../engines/suite/tinyTraining';

let base: string;
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution läufe '));
});
afterAll(() => rm(base, { recursive: true }));
const newRunsFolder = () => join(base, `runs ${count++}`);
const entries = async (runs: string) => (await readdir(runs)).filter((name) => name !== '.gitignore');

const manifest: Omit<RunManifest, 'schemaVersion' | 'id' | 'created'> = {
  spec: { ...tinySpec, models: expandModels(['involution', 'convolution']) },
  data: {
    name: 'Built-in shapes',
    classes: ['a', 'b'],
    imageShape: [8, 8, 3],
    trainCount: 10,
    validationCount: 10,
    fingerprint: 'f00',
  },
  engine: { name: 'cpu', device: 'some processor', version: '4.22.0', reason: 'chosen' },
  versions: { node: process.versions.node },
};

async function logged(runFolder: string, events: RunEvent[]): Promise<void> {
  const { log } = await EventLog.open(join(runFolder, 'events.jsonl'));
  for (const event of events) log.append(event);
  await log.close();
}

const epoch = (model: 'involution' | 'convolution', number: number, valAccuracy: number): RunEvent => ({
  ...{ type: 'epoch', time: 0, model, epoch: number, step: number, loss: 1, accuracy: 0.5 },
  ...{ valLoss: 1, valAccuracy, learningRate: 0.001, seconds: 2 },
});

describe('a new run', () => {
  it('has a readable id, and its manifest from the first moment', async () => {
    const runs = newRunsFolder();
    const folder = await createRunFolder(runs, manifest);
    const { id, created, schemaVersion, ...rest } = await readManifest(folder);
    expect(id).toMatch(/^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_shapes_involution-convolution$/);
    expect(Math.abs(Date.now() - Date.parse(created))).toBeLessThan(60_000);
    expect(schemaVersion).toBe(2);
    expect(rest).toEqual(manifest);
  });

  it('stays out of the repository around its runs folder, unless that was there before', async () => {
    const runs = newRunsFolder();
    await createRunFolder(runs, manifest);
    expect(await readFile(join(runs, '.gitignore'), 'utf8')).toBe('*\n');
    await rm(join(runs, '.gitignore'));
    await createRunFolder(runs, manifest);
    expect(existsSync(join(runs, '.gitignore'))).toBe(false);
  });

  it('never shares its folder with another, even when they begin in the same second', async () => {
    const runs = newRunsFolder();
    const folders = await Promise.all(Array.from({ length: 8 }, () => createRunFolder(runs, manifest)));
    expect(new Set(folders).size).toBe(8);
    const ids = await Promise.all(folders.map(async (folder) => (await readManifest(folder)).id));
    expect(folders).toEqual(ids.map((id) => join(runs, id)));
    expect(await entries(runs)).toHaveLength(8);
  });

  it('takes the name of its folder of images, in any script', async () => {
    const data = {
      kind: 'folder',
      path: '/data/My Bilder: 猫と犬!',
      imageSize: 32,
      validationSplit: 0.2,
    } as const;
    const folder = await createRunFolder(newRunsFolder(), { ...manifest, spec: { ...manifest.spec, data } });
    expect(folder).toMatch(/_my-bilder-猫と犬_involution-convolution$/);
  });

  it('has the name it was started with, until it is given another', async () => {
    const folder = await createRunFolder(newRunsFolder(), {
      ...manifest,
      spec: { ...manifest.spec, name: 'first try' },
    });
    const stored = await readManifest(folder);
    expect(await readRunName(folder, stored)).toBe('first try');
    await renameRun(folder, '  第二 ');
    expect(await readRunName(folder, stored)).toBe('第二');
    await expect(renameRun(folder, ' ')).rejects.toThrow('A run needs a name that is not empty.');
    expect(await readRunName(folder, stored)).toBe('第二');
    await writeFile(join(folder, 'label.json'), '{');
    expect(await readRunName(folder, stored)).toBe('first try');
    expect((await readRun(await createRunFolder(newRunsFolder(), manifest))).name).toMatch(
      /_shapes_involution-convolution$/,
    );
  });
});

describe('a folder that is no good run', () => {
  it('is named, with what is wrong', async () => {
    const folder = join(newRunsFolder(), 'x');
    await mkdir(folder, { recursive: true });
    await expect(readManifest(folder)).rejects.toThrow(
      `${folder} is not a run: it has no run.json. "involution runs" lists the runs.`,
    );
    await writeFile(join(folder, 'run.json'), '{"schemaVersion": 99}');
    await expect(readManifest(folder)).rejects.toThrow(
      /run\.json is damaged or of another version of Involution Lab/,
    );
  });

  it('does not hide the others', async () => {
    const runs = newRunsFolder();
    const folder = await createRunFolder(runs, manifest);
    await mkdir(join(runs, 'no run'));
    await mkdir(join(runs, '.hidden'));
    await writeFile(join(runs, 'notes.txt'), '');
    const listed = await listRuns(runs);
    expect(listed.runs.map((run) => run.folder)).toEqual([folder]);
    expect(listed.unreadable).toMatchObject([
      { folder: join(runs, 'no run'), reason: expect.stringContaining('no run.json') },
    ]);
  });
});

describe('the list of runs', () => {
  it('tells state, epochs, best accuracy and time', async () => {
    const runs = newRunsFolder();
    const folder = await createRunFolder(runs, manifest);
    await logged(folder, [
      { type: 'status', time: 0, state: 'training' },
      ...[epoch('involution', 1, 0.3), epoch('convolution', 1, 0.6)],
      ...[epoch('involution', 2, 0.2), epoch('convolution', 2, 0.7)],
      { type: 'status', time: 0, state: 'done' },
    ]);
    expect((await readRun(folder)).overview).toEqual({
      state: 'done',
      message: '',
      seconds: 8,
      models: {
        involution: { epochs: 2, valAccuracy: 0.2, bestValAccuracy: 0.3, seconds: 4 },
        convolution: { epochs: 2, valAccuracy: 0.7, bestValAccuracy: 0.7, seconds: 4 },
      },
    });
  });

  it('says interrupted where nobody trains what was being trained', async () => {
    const folder = await createRunFolder(newRunsFolder(), manifest);
    await logged(folder, [{ type: 'status', time: 0, state: 'training' }]);
    expect((await readRun(folder)).overview.state).toBe('interrupted');
    const lock = await RunLock.acquire(folder);
    expect((await readRun(folder)).overview.state).toBe('training');
    await lock.release();
    expect((await readRun(folder)).overview.state).toBe('interrupted');
  });

  it('is empty where there is no folder', async () => {
    expect(await listRuns(join(base, 'nowhere'))).toEqual({ runs: [], unreadable: [] });
  });

  it('finds a run by path, id, name, beginning or as the latest', async () => {
    const runs = newRunsFolder();
    const first = await createRunFolder(runs, { ...manifest, spec: { ...manifest.spec, name: 'mine' } });
    const second = await createRunFolder(runs, manifest);
    const id = (await readManifest(second)).id;
    const found = async (wanted: string) => (await findRun(runs, wanted)).folder;
    expect(await found(first)).toBe(first);
    expect(await found('mine')).toBe(first);
    expect(await found(id)).toBe(second);
    expect(await found('latest')).toBe(second);
    await expect(findRun(runs, id.slice(0, 10))).rejects.toThrow(
      `Several runs are called "${id.slice(0, 10)}"`,
    );
    await expect(findRun(runs, 'nonsense')).rejects.toThrow(
      `There is no run "nonsense" in ${runs}. Choose one of ${id}`,
    );
    await expect(findRun(join(base, 'nowhere'), 'latest')).rejects.toThrow(
      `There is no run in ${join(base, 'nowhere')}. Train one first: involution train.`,
    );
  });

  it('finds a run by the name that VS Code shows of it', async () => {
    const runs = newRunsFolder();
    const mine = { ...manifest, spec: { ...manifest.spec, name: 'mine' } };
    await createRunFolder(runs, mine);
    const [second, unnamed] = [await createRunFolder(runs, mine), await createRunFolder(runs, manifest)];
    const found = async (wanted: string) => (await findRun(runs, wanted)).folder;
    expect(await found(shownRunName(basename(unnamed)))).toBe(unnamed);
    expect(await found('mine (2)')).toBe(second);
    await expect(findRun(runs, 'mine')).rejects.toThrow('Several runs are called "mine"');
  });

  it('does not take an older run for the latest where the newest is damaged', async () => {
    const runs = newRunsFolder();
    const older = await createRunFolder(runs, manifest);
    const copied = async (name: string, text: string | null) => {
      const folder = join(runs, name);
      await mkdir(folder);
      if (text !== null) await writeFile(join(folder, 'run.json'), text);
      return folder;
    };
    // Neither a folder of somebody's own, nor a run that is older yet.
    await copied('notes', null);
    await copied('2001-01-01_00-00-00_shapes_inn', '');
    expect((await findRun(runs, 'latest')).folder).toBe(older);
    for (const text of ['', '{"schemaVersion": 1', null]) {
      const folder = await copied('2999-01-01_00-00-00_shapes_inn', text);
      await expect(findRun(runs, 'latest')).rejects.toThrow(
        `The latest run may be ${basename(folder)}, which can't be read. ${text === null ? folder : join(folder, 'run.json')} is`,
      );
      await expect(findRun(runs, 'latest')).rejects.toThrow(
        `To take the latest that can be read, name it: ${basename(older)}.`,
      );
      await expect(findRun(runs, basename(folder))).rejects.toThrow(folder);
      expect((await findRun(runs, basename(older))).folder).toBe(older);
      await rm(folder, { recursive: true });
    }
    const renamed = await copied('mine', '{');
    await expect(findRun(runs, 'latest')).rejects.toThrow(`${join(renamed, 'run.json')} is damaged`);
    await rm(older, { recursive: true });
    await expect(findRun(runs, 'latest')).rejects.toThrow(`${join(renamed, 'run.json')} is damaged`);
  });

  it('loses a run that is deleted, unless it is being trained', async () => {
    const runs = newRunsFolder();
    const folder = await createRunFolder(runs, manifest);
    const lock = await RunLock.acquire(folder);
    await expect(deleteRun(folder)).rejects.toThrow(
      /is being trained by process \d+\. Stop it there first, or wait for its end\./,
    );
    await lock.release();
    await deleteRun(folder);
    expect(await entries(runs)).toEqual([]);
    await expect(deleteRun(base)).rejects.toThrow('is not a run');
    expect(existsSync(base)).toBe(true);
  });
});

describe('a folder that no run can be written to', () => {
  it.each<[string, () => string, RegExp]>([
    ['a file', () => join(base, 'file'), /file can't be made: something of that name is there already/],
    ['below a file', () => join(base, 'file', 'runs'), /runs can't be made: a part of the path is a file/],
  ])('is refused before an engine starts or data is loaded: %s', async (_, runsFolder, message) => {
    await writeFile(join(base, 'file'), '');
    const begun: string[] = [];
    const training = startTraining({
      spec: { data: { kind: 'folder', path: join(base, 'no such data') } },
      runsFolder: runsFolder(),
      startEngine: async (choice) => {
        begun.push(choice);
        throw new Error('The engine was started.');
      },
    });
    await expect(training).rejects.toThrow(message);
    expect(begun).toEqual([]);
  });
});
