import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addModelOptions } from '../../../src/cli/modelOptions';
import { footprint } from '../../../src/core/network/footprint';
import { parseNetwork } from '../../../src/core/network/parse';
import { placeLayers } from '../../../src/core/network/place';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { UsageError } from '../../../src/core/usageError';
import { helpOf } from '../support/printed';
import { throwAway, withThrowAway } from '../support/throwAwayPreset';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution networks '));
});
afterAll(() => rm(folder, { recursive: true }));

function parse(...words: string[]) {
  const command = new Command('train').exitOverride();
  const asked = addModelOptions(command);
  command.parse(words, { from: 'user' });
  return asked;
}
const models = (...words: string[]) => parse(...words).models();

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const own = {
  name: 'Mine & more',
  layers: [
    { kind: 'convolution', filters: 8 },
    { kind: 'involution', groups: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units: 'classes' },
  ],
};

describe('the models of a command line', () => {
  it("are the example's two, unless some are asked for", async () => {
    expect((await models()).map(({ id, title }) => [id, title])).toEqual([
      ['involution', 'Involution'],
      ['convolution', 'Convolution'],
    ]);
  });

  it('have the parameters that follow each', async () => {
    const [first, second, third] = await models(
      ...['--model', 'rednet', '--set', 'depth=26,width=0.5', '--set', 'stem=cifar'],
      ...['--model', 'resnet', '--set', 'depth=26', '--title', 'Its counterpart'],
      ...['--model', 'rednet', '--id', 'narrow'],
    );
    expect(first).toEqual({
      id: 'rednet',
      title: 'RedNet (depth 26, width 0.5, stem cifar)',
      origin: { preset: 'rednet', parameters: { depth: 26, width: 0.5, stem: 'cifar' } },
      network: presetNetwork('rednet', { depth: 26, width: 0.5, stem: 'cifar' }),
    });
    expect(second).toMatchObject({ id: 'resnet', title: 'Its counterpart' });
    expect(third).toMatchObject({ id: 'narrow', title: 'RedNet', origin: { parameters: {} } });
    expect(footprint(third!.network, [224, 224, 3], 1000).parameters).toBe(9_233_166);
  });

  it('of one preset have ids of their own, wherever one was chosen', async () => {
    const variants = await models(
      ...['--model', 'involution', '--model', 'involution', '--set', 'kernelSize=5'],
      ...['--model', 'involution', '--id', 'involution-2', '--model', 'involution'],
    );
    expect(variants.map(({ id }) => id)).toEqual([
      'involution',
      'involution-3',
      'involution-2',
      'involution-4',
    ]);
  });

  it('come from files too, in between', async () => {
    const path = await file('own.json', own);
    const all = await models('--network', path, '--model', 'convolution', '--network', path, '--id', 'b');
    expect(all.map(({ id, title }) => [id, title])).toEqual([
      ['mine-more', 'Mine & more'],
      ['convolution', 'Convolution'],
      ['b', 'Mine & more 2'],
    ]);
    expect(all[0]!.origin).toBeNull();
    expect(all[0]!.network.layers[1]).toMatchObject({ kind: 'involution', groups: 2, kernelSize: 3 });
  });

  it.each([
    [['--model', 'redent'], 'There is no model "redent". Did you mean "rednet"? There are involution, '],
    [['--model', 'constructor'], 'There is no model "constructor". '],
    [
      ['--model', 'rednet', '--set', 'dept=50'],
      'The model "rednet" has no parameter "dept". Did you mean "depth"?',
    ],
    [['--model', 'rednet', '--set', '__proto__=1'], 'The model "rednet" has no parameter "__proto__".'],
    [
      ['--model', 'rednet', '--set', 'depth=27'],
      'depth of rednet must be one of 26, 38, 50, 101, 152, but is "27".',
    ],
    [
      ['--model', 'rednet', '--set', 'depth'],
      '--set takes name=value, several with commas between them, and no "depth".',
    ],
    [['--model', 'drin', '--set', 'depth=x'], 'depth of drin must be an integer from 1 to 64, but is "x".'],
    [['--set', 'depth=26'], '--set belongs to the --model before it, and there is none. Put it behind one.'],
    [['--id', 'x'], '--id belongs to the --model before it'],
    [['--save-network', 'x.json'], '--save-network belongs to the --model before it'],
    [
      ['--model', 'drin', '--save-network', 'x.json', '--model', 'rednet', '--save-network', './x.json'],
      '--save-network ./x.json is said of two models. Name a file for each.',
    ],
    [
      ['--network', 'own.json', '--set', 'depth=3'],
      '--set says parameters of a --model; own.json is a whole network.',
    ],
    [['--model', 'drin', '--id', '../x'], '--id "../x": it must be lowercase letters, digits, "-" and "_"'],
    [['--model', 'drin', '--id', 'con'], '--id "con": it is a name that Windows keeps for itself.'],
    [
      ['--model', 'drin', '--id', 'constructor'],
      '--id "constructor": it is a name that JavaScript keeps for itself.',
    ],
    [['--model', 'drin', '--title', ''], '--title "": it must not be empty.'],
  ])('%j is refused with the way out', (words, message) => {
    expect(() => parse(...words)).toThrow(UsageError);
    expect(() => parse(...words)).toThrow(message);
  });

  it.each([
    [['--model', 'drin', '--set', 'depth=65'], 'depth must be an integer from 1 to 64, but is 65.'],
    [
      ['--model', 'rednet', '--set', 'width=0.3'],
      'width must be a multiple of 0.125 from 0.125 to 4, but is 0.3.',
    ],
    [['--model', 'drin', '--id', 'a', '--model', 'rednet', '--id', 'a'], 'Two models have the id "a".'],
    [
      Array.from({ length: 13 }, () => ['--model', 'drin']).flat(),
      'At most 12 models go together; these are 13.',
    ],
  ])('%j can not be made', async (words, message) => {
    await expect(models(...words)).rejects.toThrow(UsageError);
    await expect(models(...words)).rejects.toThrow(message);
  });

  it('name the file and the layer that is at fault', async () => {
    const broken = await file('broken.json', {
      ...own,
      layers: [{ kind: 'convolution', filter: 8 }, { kind: 'involutoin' }, ...own.layers.slice(2)],
    });
    const refusal = models('--network', broken);
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(
      `${broken}: The network "Mine & more" can't be built: layers[0] (convolution): `,
    );
    await expect(refusal).rejects.toThrow(
      'layers[1]: there is no kind "involutoin" (did you mean "involution"?)',
    );

    const text = await file('text.json', 'layers: none');
    await expect(models('--network', text)).rejects.toThrow(
      `${text} is no JSON: it goes wrong in line 1, column 1. "involution models show`,
    );
    const cut = join(folder, 'cut.json');
    await writeFile(cut, '{\n  "name": "x",\n  layers: []\n}');
    await expect(models('--network', cut)).rejects.toThrow(
      `${cut} is no JSON: it goes wrong in line 3, column 3.`,
    );
    const absent = join(folder, 'absent.json');
    await expect(models('--network', absent)).rejects.toThrow(`${absent} can't be read: `);
    const large = await file('large.json', ' '.repeat(5_000_000));
    await expect(models('--network', large)).rejects.toThrow(`${large} is too large for a network`);
  });

  it('may begin with the mark of UTF-8, and are told to be UTF-16', async () => {
    const text = JSON.stringify(own, null, 2).replaceAll('\n', '\r\n');
    const marked = join(folder, 'marked.json');
    await writeFile(marked, `\uFEFF${text}`);
    expect((await models('--network', marked))[0]!.network).toEqual(parseNetwork(own));
    const wide = join(folder, 'wide.json');
    await writeFile(wide, Buffer.from(`\uFEFF${text}`, 'utf16le'));
    await expect(models('--network', wide)).rejects.toThrow(
      `${wide} is encoded in UTF-16. Save it in UTF-8.`,
    );
  });

  it('name the file too where the images do not fit', async () => {
    const path = await file('odd.json', {
      ...own,
      layers: own.layers.with(1, { kind: 'involution', groups: 3 }),
    });
    const asked = parse('--network', path);
    const [model] = await asked.models();
    let error: unknown;
    try {
      placeLayers(model!.network, [32, 32, 3], 10);
    } catch (thrown) {
      error = asked.explained(thrown);
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toBe(
      `${path}: The network "Mine & more" can't be built: layers[1] (involution): groups must be a divisor of its input's 8 channels, but is 3.`,
    );
    const other = new Error('the disk is full');
    expect(asked.explained(other)).toBe(other);
  });

  it('can be of a preset that was just added, which the help has too', async () => {
    await withThrowAway(async () => {
      const [model] = await models('--model', 'throw-away', '--set', 'units=7,activation=tanh,bias=false');
      expect(model).toMatchObject({
        id: 'throw-away',
        title: 'Throw-away (units 7, activation tanh, bias false)',
        origin: { preset: 'throw-away', parameters: { units: 7, activation: 'tanh', bias: false } },
      });
      expect(model!.network.layers[1]).toMatchObject({ kind: 'dense', units: 7, activation: 'tanh' });
      const command = new Command('train');
      addModelOptions(command);
      expect(helpOf(command)).toContain(`  throw-away     ${throwAway.description}\n`);
    });
    expect(() => parse('--model', 'throw-away')).toThrow('There is no model "throw-away".');
  });
});
