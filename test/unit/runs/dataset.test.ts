import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunManifest } from '../../../src/core/runs/manifest';
import { loadDataset } from '../../../src/node/data/loadDataset';
import { loadRunData } from '../../../src/node/runs/runDataset';
import { Datasets } from '../../../src/worker/datasets';
import { tinySpec } from '../../engines/suite/tinyTraining';

let base: string;
let folder: string;
let manifest: RunManifest;

async function image(name: string, grey: number): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  const background = { r: grey, g: grey, b: 7 };
  await sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toFile(join(folder, name, `${grey}.png`));
}

/** Six images in two classes, and the manifest of a run that was trained on them. */
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution changed '));
  folder = join(base, 'pets');
  for (const grey of [10, 20, 30]) {
    await image('cats', grey);
    await image('dogs', grey + 100);
  }
  const data = { kind: 'folder', path: folder, imageSize: 8, validationSplit: 0.3 } as const;
  const { name, classes, imageShape, train, validation, fingerprint } = await loadDataset(data, { seed: 5 });
  manifest = {
    schemaVersion: 2,
    id: 'run-of-pets',
    created: new Date().toISOString(),
    spec: { ...tinySpec, data, seed: 5 },
    data: {
      name,
      classes: [...classes],
      imageShape: [...imageShape],
      trainCount: train.count,
      validationCount: validation.count,
      fingerprint,
    },
    engine: { name: 'cpu', device: '', version: '', reason: '' },
    versions: {},
  };
});
afterEach(() => rm(base, { recursive: true }));

const bringBack = 'Bring it back as it was, or train a new run.';
const moved = 'If the folder has moved, the command can be told where it is now: --data DIR.';
const anyway = 'The command evaluates it on what is there now with --anyway.';

const changes: [string, () => Promise<unknown>, string, boolean][] = [
  [
    'a class more',
    async () => {
      await image('birds', 200);
      await image('birds', 201);
    },
    'classes that are new: "birds"; more images: 5 to train and 3 to validate with, then 4 and 2',
    false,
  ],
  [
    'a class renamed',
    () => rename(join(folder, 'dogs'), join(folder, 'hounds')),
    'classes that are gone: "dogs"; classes that are new: "hounds"; as many images, but not the same ones',
    false,
  ],
  [
    'a class fewer',
    async () => {
      await image('ants', 1);
      await image('ants', 2);
      await rm(join(folder, 'cats'), { recursive: true });
    },
    'classes that are gone: "cats"; classes that are new: "ants"; fewer images: 3 to train and 2 to validate with, then 4 and 2',
    false,
  ],
  [
    'an image more',
    () => image('dogs', 222),
    'more images: 5 to train and 2 to validate with, then 4 and 2',
    true,
  ],
  [
    'an image that is damaged now',
    () => writeFile(join(folder, 'cats', '20.png'), ''),
    'fewer images: 3 to train and 2 to validate with, then 4 and 2; skipped now: cats/20.png: is empty (0 bytes)',
    true,
  ],
  [
    'another image under the name',
    async () => {
      await image('cats', 77);
      await rename(join(folder, 'cats', '77.png'), join(folder, 'cats', '10.png'));
    },
    'as many images, but not the same ones',
    true,
  ],
];

describe("a run's data set", () => {
  it('is what the run began with', async () => {
    const { dataset, change } = await loadRunData(manifest);
    expect([dataset.fingerprint, change]).toEqual([manifest.data.fingerprint, null]);
  });

  it.each(changes)('is refused after a change: %s', async (_, make, told, isComparable) => {
    await make();
    const ways = [bringBack, moved, ...(isComparable ? [anyway] : [])].join(' ');
    await expect(loadRunData(manifest)).rejects.toThrow(
      `The data of the run run-of-pets has changed since it began: ${told}. ${ways}`,
    );
  });

  it.each(changes)(
    'may be looked at all the same where the classes are: %s',
    async (_, make, told, isComparable) => {
      await make();
      const loading = loadRunData(manifest, { anyway: true });
      if (isComparable) expect((await loading).change).toBe(told);
      else await expect(loading).rejects.toThrow(told);
    },
  );

  it('may have moved, as long as it is the same', async () => {
    const elsewhere = join(base, 'moved');
    await rename(folder, elsewhere);
    await expect(loadRunData(manifest)).rejects.toThrow(
      `The image folder ${folder} does not exist. Give a folder with one subfolder of images per class. ${moved}`,
    );
    expect((await loadRunData(manifest, { folder: elsewhere })).change).toBeNull();
    await rm(join(elsewhere, 'cats', '20.png'));
    await expect(loadRunData(manifest, { folder: elsewhere })).rejects.toThrow('fewer images: ');
    const shapes = { ...manifest, spec: { ...manifest.spec, data: tinySpec.data } };
    await expect(loadRunData(shapes, { folder: elsewhere })).rejects.toThrow(
      '--data says where an image folder is now, and the run run-of-pets was trained on shapes. Leave it out.',
    );
  });

  it('is verified for each run that the worker opens it for, and looked at anew once it is mended', async () => {
    const [run, other] = [join(base, 'run'), join(base, 'other')];
    for (const each of [run, other]) await mkdir(each);
    await writeFile(join(run, 'run.json'), JSON.stringify(manifest));
    const datasets = new Datasets(false);
    const asItWas = { folder: null, anyway: false };
    await cp(folder, join(base, 'copy'), { recursive: true });
    await image('cats', 99);
    await expect(datasets.ofRun(run, asItWas)).rejects.toThrow('more images: ');
    const { fingerprint } = await loadDataset(manifest.spec.data, { seed: 5 });
    const begun = { ...manifest.data, fingerprint, trainCount: 5 };
    await writeFile(join(other, 'run.json'), JSON.stringify({ ...manifest, data: begun }));
    expect((await datasets.ofRun(other, asItWas)).dataset.fingerprint).toBe(fingerprint);
    await expect(datasets.ofRun(run, asItWas)).rejects.toThrow('more images: ');
    await rm(folder, { recursive: true });
    await rename(join(base, 'copy'), folder);
    expect((await datasets.ofRun(run, asItWas)).dataset.fingerprint).toBe(manifest.data.fingerprint);
  });

  it('is used as it is, or where it is now, once the editor says so; a refusal names what helps', async () => {
    const run = join(base, 'run');
    await mkdir(run);
    await writeFile(join(run, 'run.json'), JSON.stringify(manifest));
    const datasets = new Datasets(false);
    const refusal = async (folder: string | null) =>
      datasets.ofRun(run, { folder, anyway: false }).catch(({ message, ways }) => ({ message, ways }));
    const copy = join(base, 'copy');
    await cp(folder, copy, { recursive: true });
    await image('cats', 99);
    const told = 'more images: 5 to train and 2 to validate with, then 4 and 2';
    // Without the options of the command, which the editor has not.
    expect(await refusal(null)).toEqual({
      message: `The data of the run run-of-pets has changed since it began: ${told}. ${bringBack}`,
      ways: ['folder', 'anyway'],
    });
    expect((await datasets.ofRun(run, { folder: null, anyway: true })).change).toBe(told);
    const { dataset, change } = await datasets.ofRun(run, { folder: copy, anyway: false });
    expect([dataset.fingerprint, change]).toEqual([manifest.data.fingerprint, null]);
    await image('birds', 200);
    expect(await refusal(null)).toMatchObject({ ways: ['folder'] });
    await rm(folder, { recursive: true });
    expect(await refusal(null)).toEqual({
      message: `The image folder ${folder} does not exist. Give a folder with one subfolder of images per class.`,
      ways: ['folder'],
    });
  });
});
