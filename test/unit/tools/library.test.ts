import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { generatorKinds } from '../../../src/core/involution/generators/generatorKinds';
import { LibraryProject, programsIn } from '../support/libraryProject';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const kilobyte = 1000;
let project: LibraryProject;

beforeAll(async () => {
  project = await LibraryProject.make();
});
afterAll(() => project[Symbol.dispose]());

const readInstalled = (file: string) =>
  readFileSync(join(project.folder, 'node_modules/involution-layer', file), 'utf8');

describe("the library's package", () => {
  it('is small, and needs nothing but TF.js', () => {
    const { version, dependencies, optionalDependencies, peerDependencies } = JSON.parse(
      readInstalled('package.json'),
    );
    expect(version).toBe(manifest.version);
    expect([dependencies, optionalDependencies]).toEqual([undefined, undefined]);
    expect(peerDependencies).toEqual({
      '@tensorflow/tfjs-core': '^4.20.0',
      '@tensorflow/tfjs-layers': '^4.20.0',
    });
    expect(project.installed).toEqual(['involution-layer']);
    expect(project.packed.size).toBeLessThan(100 * kilobyte);
    for (const { path, size } of project.packed.files) expect(size, path).toBeLessThan(100 * kilobyte);
    expect(project.packed.files.map(({ path }) => path).sort()).toEqual([
      'LICENSE',
      'README.md',
      'index.cjs',
      'index.d.cts',
      'index.d.mts',
      'index.mjs',
      'package.json',
    ]);
  });

  it('names the authors of all that is in it', () => {
    expect(readInstalled('LICENSE')).toMatch(/The Involution Lab authors.*valibot:.*Fabian Hiller/s);
  });

  it('trains, saves and loads in a program that only knows TF.js', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what a program printed
    const result = (await project.valueOf('program.mjs')) as any;
    expect(result.shapes).toEqual([
      [2, 3],
      [2, 4, 5, 25, 1, 2],
    ]);
    expect(result.loss).toBeGreaterThan(0);
    // conv1's bias goes before a batch normalisation and has no gradient to speak of; the moving statistics move.
    expect(result.changed.filter(Boolean).length).toBeGreaterThanOrEqual(9);
    expect(result.predictions[0]).toEqual(result.predictions[1]);
    expect(result.weightNames.slice(0, 6)).toEqual(
      ['conv1_kernel', 'conv1_bias', 'gamma', 'beta', 'conv2_kernel', 'conv2_bias'].map(
        (name) => `inv/${name}`,
      ),
    );
    expect(result.ones).toBe('4 6 4 6 9 6 4 6 4');
    expect(result.map.slice(0, 2)).toEqual([4, 5]);
    for (const [index, value] of result.map[2].entries())
      expect(value).toBeCloseTo(result.kernelSums[index], 5);
    expect(result.totals).toEqual([39_230, 957_536]);
    expect(result.title).toBe('Model: "inv_model"');
    // Softmax, kernels of mean 0, a weighted average, and K² patches that overlap.
    const sums = { attention: 1, filterNorm: 0, gaussian: 1, outlook: 4 };
    expect(result.described.map(([name]: [string]) => name)).toEqual(Object.keys(sums));
    for (const [name, kernels, output, sum] of result.described) {
      expect(kernels).toEqual([1, 5, 4, 9, 1, 2]);
      expect(output).toEqual([1, 5, 4, 4]);
      for (const each of sum) expect(each, name).toBeCloseTo(sums[name as keyof typeof sums], 5);
    }
    // Frozen, and not.
    expect(result.moves).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(result.refused).toEqual(
      [
        /groups must be a divisor of the input's 4 channels, but is 3\.$/,
        /\(did you mean "strides"\?\), but is "stride"\.$/,
        /^an argument of Involution must be one of "generator", "groups", "kernelSize", "strides", .*, but is "dilation"\.$/,
        /\(did you mean "border"\?\), but is "borders"\.$/,
      ].map((message) => ({ isArgumentError: true, message: expect.stringMatching(message) })),
    );
  });

  it("can be required, and leaves TF.js's layers alone but for one", async () => {
    const { layers, changed } = (await project.valueOf('program.cjs')) as {
      layers: string[][];
      changed: string[];
    };
    expect(layers.map((names) => names.slice(0, 3))).toEqual([
      ['input_layer', 'inv_1', 're_lu_1'],
      ['conv2d', 'relu1', 'max_pooling2d'],
    ]);
    expect(changed.sort()).toEqual(['BatchNormalization', 'GroupedConvolution', 'Involution']);
  });

  it.each([
    ['nodenext', ['program.mts', 'program.cts']],
    ['preserve', ['program.mts']],
  ])('has types for modules of the kind %s', async (module, files) => {
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', module, '--skipLibCheck'];
    expect(await project.run(compiler, ...options, ...files)).toBe('');
  });
});

describe("the package's README", () => {
  it('has programs that run', async () => {
    const [layer, own] = programsIn(readInstalled('README.md'));
    const summary = 'console.log(JSON.stringify([model.outputs[0].shape, model.countParams()]));';
    // 1×1 convolutions from 16 channels to 4 and from there to 7·7·4 weights, and a normalisation.
    expect(await project.valueOf('layer.mjs', `${layer}${summary}`)).toEqual([
      [null, null, null, 16],
      16 * 4 + 4 + 4 * 4 + 4 * 196 + 196,
    ]);
    const check = `
      const x = tf.ones([1, 2, 2, 16]);
      const made = new Involution({ generator: cosine, kernelSize: 1 });
      const [y, [h]] = made.apply(x).map((each) => each.arraySync().flat(Infinity));
      console.log(JSON.stringify([y[0], h, Math.cos(tf.sum(made.getWeights()[0]).arraySync()), kernel.shape]));`;
    const [y, h, expected, shape] = (await project.valueOf('own.mjs', `${own}${check}`)) as number[];
    expect(h).toBeCloseTo(expected!, 5);
    expect(y).toBeCloseTo(expected!, 5);
    expect(shape).toEqual([null, null, null, 9, 1, 1]);
  });

  it('says of every kind of generator what it says of itself', () => {
    for (const { kind, description } of Object.values(generatorKinds))
      expect(readInstalled('README.md')).toContain(`| \`${kind}\` | ${description} |\n`);
  });
});
