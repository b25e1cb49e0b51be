import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../../src/core/runs/exportFormats';
import { exportModel } from '../../../src/node/export/exportModel';
import { OccupiedError } from '../../../src/node/export/place';
import { PlainFolder } from '../../../src/node/files/plainFolder';
import { TrainedRun } from '../support/trainedRun';

/** Two runs, each with two models; exports of all go to the same folder. */
let trained: TrainedRun;
let first: string;
let second: string;
beforeAll(async () => {
  trained = await TrainedRun.train({ models: ['involution', 'convolution'], epochs: 1 });
  first = trained.folder;
  second = await trained.copy();
  const manifest = join(second, 'run.json');
  const { id, ...others } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify({ ...others, id: 'second' }));
});
afterAll(() => trained[Symbol.asyncDispose]());

let into: string;
beforeEach(async () => {
  into = await mkdtemp(join(trained.base, 'into '));
});

const names: Record<ExportFormat, string> = {
  tfjs: 'inn',
  keras: 'inn.keras',
  safetensors: 'inn.safetensors',
};
const formats = Object.keys(names) as ExportFormat[];

/** Every file below a folder, by its name. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  return Object.fromEntries(files.map((file, i) => [file.slice(folder.length + 1), contents[i]!]).sort());
}

describe.each(formats)('where something is already, an export as %s', (format) => {
  const write = (run: string, model = 'involution', options = {}) =>
    exportModel(run, model, format, join(into, names[format]), options);
  const refusal = (run: string, model: string, files: readonly string[]) =>
    `What is there would be lost, and is not an earlier export of the model "${model}" of the run ${run === first ? basename(run) : 'second'}: ${files.join(', ')}.`;

  it('replaces an earlier one of the same model and run, at any epoch', async () => {
    await write(first, 'involution', { checkpoint: 0 });
    const before = await contentOf(into);
    const written = await write(first);
    const after = await contentOf(into);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const weights = { tfjs: 'inn/weights.bin', keras: 'inn.keras', safetensors: 'inn.safetensors' }[format];
    expect(after[weights]).not.toEqual(before[weights]);
    expect(written.length).toBe(Object.keys(after).length);
  });

  it('leaves one of another run, or of another model, as it is, unless a person has agreed', async () => {
    const written = await write(first);
    const before = await contentOf(into);
    // The source of the layer is the same for all.
    const own = written.filter((path) => !path.endsWith('.py'));
    const other = await write(second, 'involution', { checkpoint: 0 }).catch((error) => error);
    expect(other).toBeInstanceOf(OccupiedError);
    expect(other.message).toBe(refusal(second, 'involution', own));
    expect(other.ways).toEqual(['replace']);
    await expect(write(first, 'convolution')).rejects.toThrow(refusal(first, 'convolution', own));
    expect(await contentOf(into)).toEqual(before);

    await write(second, 'involution', { replace: true });
    expect(await contentOf(into)).not.toEqual(before);
    await expect(write(first)).rejects.toThrow(OccupiedError);
    await expect(write(second)).resolves.toHaveLength(written.length);
  });

  it("leaves a person's own files as they are, and takes the place of empty ones", async () => {
    const own = join(
      into,
      { tfjs: 'inn/model.json', keras: 'inn.keras', safetensors: 'inn.safetensors' }[format],
    );
    if (format === 'tfjs') await mkdir(join(into, 'inn'));
    for (const content of ['mine', 'x'.repeat(100), '{"userDefinedMetadata":3}', '{', '\0'.repeat(9)]) {
      await writeFile(own, content);
      await expect(write(first)).rejects.toThrow(refusal(first, 'involution', [own]));
      expect(await readFile(own, 'utf8')).toBe(content);
    }
    await writeFile(own, '');
    expect(await write(first)).toContain(own);
  });

  it('leaves the earlier one whole where the disk fills up in the middle', async () => {
    await write(first, 'involution', { checkpoint: 0 });
    const before = await contentOf(into);
    const files = Object.keys(before).filter((file) => !file.endsWith('.py'));
    for (const [i, file] of files.entries()) {
      // The content of this one can't be written; those before it were.
      const contents = Object.fromEntries(
        files.map((name, k) => [name, k === i ? failing() : `new ${name}`]),
      );
      await expect(new PlainFolder(into).replaceAll(contents), file).rejects.toThrow('no room');
      expect(await contentOf(into), file).toEqual(before);
    }
  });

  it('is not made in the folder of a run, whatever leads there and whoever agrees, and the run stays as it is', async () => {
    const run = await trained.copy();
    await symlink(join(run, 'involution'), join(into, 'way'));
    const before = await contentOf(run);
    const ending = names[format].slice('inn'.length);
    const places = [
      `involution/epoch-0001${ending}`,
      `involution/epoch-0009${ending}`,
      `new/deep/inn${ending}`,
    ];
    for (const place of [...places.map((name) => join(run, name)), join(into, 'way', `epoch-0001${ending}`)])
      for (const replace of [false, true])
        await expect(exportModel(second, 'involution', format, place, { replace })).rejects.toThrow(
          /lies in the folder of a run, .*copy \d+: what is written there could take the place/,
        );
    if (format === 'tfjs')
      await expect(exportModel(second, 'involution', format, run)).rejects.toThrow('in the folder of a run');
    expect(await contentOf(run)).toEqual(before);
    expect(existsSync(join(run, 'new'))).toBe(false);
  });
});

describe('beside an export as keras', () => {
  it('stays the source of a layer that somebody changed', async () => {
    const source = join(into, 'involution_layer.py');
    await exportModel(first, 'involution', 'keras', join(into, 'a.keras'));
    await exportModel(second, 'involution', 'keras', join(into, 'b.keras'));
    await writeFile(source, `${await readFile(source, 'utf8')}# mine\n`);
    const before = await contentOf(into);
    await expect(exportModel(first, 'involution', 'keras', join(into, 'a.keras'))).rejects.toThrow(
      new RegExp(`: ${source.replaceAll(/[.\\]/g, '\\$&')}\\.$`),
    );
    expect(await contentOf(into)).toEqual(before);
    // A network without involutions needs none.
    await exportModel(first, 'convolution', 'keras', join(into, 'c.keras'));
    expect(await readFile(source, 'utf8')).toContain('# mine');
  });
});

it('a folder in the place of a file is refused, agreed to or not', async () => {
  await mkdir(join(into, 'inn', 'weights.bin'), { recursive: true });
  await expect(exportModel(first, 'involution', 'tfjs', join(into, 'inn'))).rejects.toThrow(
    /weights\.bin can't be read: something else is in its place/,
  );
  expect(await readdir(join(into, 'inn'))).toEqual(['weights.bin']);
});

/** As a write is that fails. */
function failing(): Uint8Array {
  return new Proxy(new Uint8Array(1), {
    get() {
      throw new Error('no room');
    },
  });
}
