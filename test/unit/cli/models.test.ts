import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AskedModels } from '../../../src/cli/modelOptions';
import { modelsCommand } from '../../../src/cli/models';
import { summaryCommand } from '../../../src/cli/summary';
import { generatorNames } from '../../../src/core/involution/generators/generatorKinds';
import { networkJsonSchema } from '../../../src/core/network/jsonSchema';
import { layerKinds } from '../../../src/core/network/layerKinds';
import { parametersOf } from '../../../src/core/network/parameters';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork, presets } from '../../../src/core/network/presets/presets';
import { helpOf, printed } from '../support/printed';
import { throwAway, withThrowAway } from '../support/throwAwayPreset';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution models '));
});
afterAll(() => rm(folder, { recursive: true }));

const models = (...words: string[]) => printed(modelsCommand(), ...words);

describe('the command models', () => {
  it('lists presets with their parameters, for programs', async () => {
    const listed = JSON.parse(await models('--json'));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual(Object.keys(presets));
    const rednet = listed.find(({ id }: { id: string }) => id === 'rednet');
    expect(Object.keys(rednet)).toEqual(['id', 'title', 'parameters']);
    expect(rednet).toMatchObject({ id: 'rednet', title: 'RedNet' });
    expect(rednet.parameters).toContainEqual({
      ...{ name: 'depth', type: 'choice', default: 26, choices: [26, 38, 50, 101, 152] },
    });
    expect(rednet.parameters).toContainEqual({
      ...{ name: 'width', type: 'number', default: 1, minimum: 0.125, maximum: 4 },
    });
  });

  it('counts what each trains and computes', async () => {
    const table = await models();
    expect(table).toMatch(/^Model +Title +Trainable +MACs +Parameters\n/);
    expect(table).toMatch(/^involution +Involution +13,074 +65,344 +width=none, depth=3, kernelSize=3, /m);
    expect(table).toMatch(/^convolution +Convolution +319,178 +8,225,408 /m);
    expect(table).toMatch(/^rednet +RedNet +7,204,656 /m);
    expect(table).toContain('Counted for images of 32×32 and 10 classes.');
  });

  it('shows a network layer by layer, with the values of its parameters', async () => {
    const words = ['show', 'rednet', '--set', 'depth=26', '--classes', '1000', '--image-size', '224'];
    const listing = await models(...words);
    expect(listing).toMatch(/^RedNet \(depth 26\): The residual network of the paper/);
    expect(listing).toMatch(/^depth +26 +one of 26, 38, 50, 101, 152 +Layers, as the paper counts them\.$/m);
    expect(listing).toMatch(/^width +1 +a multiple of 0\.125 from 0\.125 to 4 +/m);
    expect(listing).toMatch(/^layers\[0\] +conv2d +convolution +112×112×32 +864 +10,838,016$/m);
    expect(listing).toMatch(/ total +9,233,166 +[\d,]+$/);
  });

  it('gives the network itself as JSON, and in a file that comes back as it was', async () => {
    const network = presetNetwork('drin', { depth: 2 });
    const file = join(folder, 'drin.json');
    const words = ['show', 'drin', '--set', 'depth=2', '--json', '--save-network', file];
    expect(JSON.parse(await models(...words))).toEqual(network);
    expect(parseNetwork(JSON.parse(await readFile(file, 'utf8')))).toEqual(network);
    const asked = new AskedModels();
    asked.file(file);
    expect((await asked.models())[0]!.network).toEqual(network);
    // The same again is nothing lost; another network, or anything else, would be.
    await models(...words);
    const lost = 'it would be lost. Give another name, or delete it first.';
    await expect(models('show', 'drin', '--save-network', file)).rejects.toThrow(
      `--save-network ${file} exists, and holds another network: ${lost}`,
    );
    expect(parseNetwork(JSON.parse(await readFile(file, 'utf8')))).toEqual(network);
    const notes = join(folder, 'notes.json');
    await writeFile(notes, '{"groceries": ["milk"]}');
    await expect(models('show', 'drin', '--save-network', notes)).rejects.toThrow(
      `--save-network ${notes} exists, and holds no network: ${lost}`,
    );
    expect(await readFile(notes, 'utf8')).toBe('{"groceries": ["milk"]}');
    await expect(models('show', 'drin', '--save-network', join(folder, 'no/x.json'))).rejects.toThrow(
      `The folder ${join(folder, 'no')} of --save-network does not exist. Make it first.`,
    );
  });

  it('writes a network through no link', async () => {
    const [file, link] = [join(folder, 'target.json'), join(folder, 'link.json')];
    await writeFile(file, '');
    for (const target of [file, join(folder, 'nowhere.json')]) {
      await symlink(target, link);
      await expect(models('show', 'drin', '--save-network', link)).rejects.toThrow(
        `${link} can't be written: it is a link, and links are not followed here.`,
      );
      expect(await readlink(link)).toBe(target);
      await rm(link);
    }
    expect(await readFile(file, 'utf8')).toBe('');
    expect(await readdir(folder)).not.toContain('nowhere.json');
  });

  it('refuses a network that is not there, or not for such images', async () => {
    await expect(models('show', 'drim')).rejects.toThrow('There is no model "drim". Did you mean "drin"?');
    await expect(models('show', 'involution', '--set', 'depth=8', '--image-size', '8')).rejects.toThrow(
      /^The network "inv_model" can't be built: layers\[\d+\] \(max-pool\): /,
    );
  });

  it('explains every parameter of every preset in its help', () => {
    const [show] = modelsCommand().commands;
    const help = helpOf(show!);
    for (const preset of Object.values(presets)) {
      expect(help).toContain(`\n${preset.id}: ${preset.description}\n`);
      for (const { name, description } of parametersOf(preset))
        expect(help).toContain(`  ${name.padEnd(16)} ${description} `);
    }
  });

  it('has a preset that was just added, everywhere', () =>
    withThrowAway(async () => {
      expect(JSON.parse(await models('--json'))).toContainEqual({
        id: 'throw-away',
        title: 'Throw-away',
        parameters: [
          { name: 'units', type: 'integer', default: 5, minimum: 1, maximum: 99 },
          { name: 'activation', type: 'choice', default: 'relu', choices: ['relu', 'tanh'] },
          { name: 'bias', type: 'boolean', default: true },
        ],
      });
      // 3072 · 5 + 5 and 5 · 10 + 10.
      expect(await models()).toMatch(
        /^throw-away +Throw-away +15,425 +15,410 +units=5, activation=relu, bias=true$/m,
      );
      expect(await models('show', 'throw-away', '--set', 'bias=false')).toMatch(
        /^bias +false +true or false +/m,
      );
      // What forms are made of.
      expect(parametersOf(throwAway)[0]).toEqual({
        ...{ name: 'units', title: 'Units', description: 'How wide the hidden layer is.' },
        ...{ type: 'integer', default: 5, minimum: 1, maximum: 99 },
      });
      const summary = await printed(summaryCommand(), '--model', 'throw-away', '--set', 'units=2', '--json');
      expect(JSON.parse(summary)).toMatchObject({
        name: 'thrown_away',
        totals: { trainable: 3072 * 2 + 2 + 20 + 10 },
      });
    }));
});

describe('the command models layers', () => {
  it('tells every kind of layer with its fields, and the kinds of generators', async () => {
    const reference = await models('layers');
    for (const kind of [...Object.keys(layerKinds), ...generatorNames])
      expect(reference).toMatch(new RegExp(`^${kind}: [A-Z].*\\.$`, 'm'));
    expect(reference).toMatch(/^ {2}filters +Output channels\. An integer from 1 to 16384 \(required\)\.$/m);
    expect(reference).toMatch(/^ {2}units +.* An integer from 1 to 65536 or "classes" \(required\)\.$/m);
    expect(reference).toMatch(/^ {2}main +Layers whose result is added\. A list of layers \(required\)\.$/m);
    expect(reference).not.toContain('undefined');
    expect(JSON.parse(await models('layers', '--json'))).toEqual(networkJsonSchema());
  });
});

describe('the command summary', () => {
  it('has the shape that it always had, for any model', async () => {
    const words = ['--model', 'rednet', '--set', 'depth=26', '--classes', '1000', '--image-size', '224'];
    const summary = JSON.parse(await printed(summaryCommand(), ...words, '--json'));
    expect(Object.keys(summary)).toEqual(['name', 'layers', 'totals']);
    expect(summary.totals.trainable).toBe(9_233_166);
  });

  it('saves the network of each model that a file is named for, and none where one does not fit', async () => {
    const [first, second] = [join(folder, 'rednet.json'), join(folder, 'resnet.json')];
    const narrow = ['--set', 'width=0.125'];
    const several = (depth: number) => [
      ...[
        '--model',
        'rednet',
        ...narrow,
        '--save-network',
        first,
        '--model',
        'static',
        '--set',
        `depth=${depth}`,
      ],
      ...['--model', 'resnet', ...narrow, '--save-network', second],
    ];
    await expect(printed(summaryCommand(), ...several(8))).rejects.toThrow(
      /^The network "[^"]+" can't be built: layers\[\d+\] \(max-pool\): /,
    );
    expect(await readdir(folder)).not.toContain('rednet.json');
    expect(JSON.parse(await printed(summaryCommand(), ...several(3), '--json'))).toHaveLength(3);
    expect(parseNetwork(JSON.parse(await readFile(first, 'utf8')))).toEqual(
      presetNetwork('rednet', { width: 0.125 }),
    );
    expect(parseNetwork(JSON.parse(await readFile(second, 'utf8')))).toEqual(
      presetNetwork('resnet', { width: 0.125 }),
    );
  });
});
