import '@tensorflow/tfjs-backend-cpu';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { layersCommand } from '../../../src/cli/layers';
import { buildNetwork } from '../../../src/core/network/build';
import { editorJsonSchema } from '../../../src/core/network/editorSchema';
import { layerName } from '../../../src/core/network/fields';
import { networkJsonSchema } from '../../../src/core/network/jsonSchema';
import { costOfValues, type LayerKind, layerKind } from '../../../src/core/network/layerKind';
import { layerKinds } from '../../../src/core/network/layerKinds';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork, presets } from '../../../src/core/network/presets/presets';
import { valuesOf } from '../../../src/core/network/shape';
import { formOf } from '../../../webview/dashboard/form';
import { modelAnswer } from '../../../webview/dashboard/models/formModel';
import { printed } from '../support/printed';

const validator = () => new Ajv2020({ allErrors: true }).compile(networkJsonSchema() as AnySchema);
const head = [{ kind: 'flatten' }, { kind: 'dense', units: 'classes' }];

describe('the JSON schema of networks', () => {
  it.each(Object.keys(presets))('accepts the preset %s, as it is written and whole', (id) => {
    const check = validator();
    check(presets[id]!.network(v.parse(presets[id]!.parameters, {})));
    expect(check.errors).toBeNull();
    check(presetNetwork(id));
    expect(check.errors).toBeNull();
  });

  it.each([
    [{ kind: 'convolution', filters: 0 }],
    [{ kind: 'convolution', filters: 3, stride: 2 }],
    [{ kind: 'nothing' }],
    [{ kind: 'residual', main: [{ kind: 'involution', groups: 1.5 }] }],
    [{ kind: 'involution', generator: { kind: 'attention', border: 'none' } }],
  ])('refuses %j, as the parser does', (layer) => {
    const network = { name: 'test', layers: [layer, ...head] };
    expect(validator()(network)).toBe(false);
    expect(() => parseNetwork(network)).toThrow();
  });

  it('has words for every field of every kind', () => {
    const { $defs } = networkJsonSchema() as { $defs: Record<string, { oneOf: Described[] }> };
    const kinds = Object.values($defs)[0]!.oneOf;
    expect(kinds.map(({ properties }) => properties!.kind!.const)).toEqual(Object.keys(layerKinds));
    for (const { properties, ...kind } of kinds) {
      expect(kind).toMatchObject({ title: expect.any(String), description: expect.any(String) });
      const { kind: _, ...fields } = properties!;
      for (const [name, field] of Object.entries(fields))
        expect(field, `${kind.title}: ${name}`).toMatchObject({
          title: expect.any(String),
          description: expect.any(String),
        });
    }
  });
});

describe('the schema that the editor completes by', () => {
  it('refuses nothing, since the diagnostics of network files do', () => {
    const check = new Ajv2020({ strict: false }).compile(editorJsonSchema() as AnySchema);
    const layer = fc.record(
      {
        kind: fc.constantFrom(...Object.keys(layerKinds), 'nothing', 1),
        main: fc.jsonValue(),
        groups: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const network = fc.record(
      { name: fc.jsonValue(), layers: fc.oneof(fc.array(layer), fc.jsonValue()), other: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.oneof(network, fc.jsonValue()), (value) => check(value) === true));
  });

  it('has the words of every field and kind, and the values of choices', () => {
    const { $defs } = editorJsonSchema() as { $defs: Record<string, { anyOf: Described[] }> };
    const kinds = Object.values($defs)[0]!.anyOf;
    expect(kinds.map(({ title }) => title)).toContain('Involution');
    const { padding, groups, bias } = kinds[0]!.properties!;
    expect(groups).toMatchObject({ title: 'Groups', default: 1 });
    expect(padding).toMatchObject({ anyOf: [{ enum: ['same', 'symmetric', 'valid'] }, {}] });
    expect(bias).toMatchObject({ default: true, anyOf: [{ type: 'boolean' }, {}] });
  });
});

interface Described {
  readonly title?: string;
  readonly const?: string;
  readonly properties?: Record<string, Described>;
}

describe('a kind of layer that only this file has', () => {
  const twice = layerKind({
    kind: 'noise',
    schema: v.pipe(
      v.strictObject({
        kind: v.literal('noise'),
        name: layerName,
        deviation: v.pipe(v.number(), v.minValue(0), v.title('Deviation'), v.description('Of the noise.')),
      }),
      v.title('Noise'),
      v.description('Adds noise, in tests.'),
    ),
    kerasName: () => 'gaussian_noise',
    outputShape: (_, { input }) => input,
    cost: (_, { output }) => costOfValues(valuesOf(output)),
    keras: ({ deviation }, { name }) => [{ className: 'GaussianNoise', config: { name, stddev: deviation } }],
  });
  const network = {
    name: 'test',
    layers: [{ kind: 'residual', main: [{ kind: 'noise', deviation: 0.1 }] }, ...head],
  };
  afterEach(() => {
    delete layerKinds.noise;
  });

  it('is in the schema, the help and the form, can be parsed and is built, once it is among the kinds', async () => {
    expect(validator()(network)).toBe(false);
    expect(() => parseNetwork(network)).toThrow('there is no kind "noise"');

    layerKinds.noise = twice as LayerKind<never>;
    expect(JSON.stringify(networkJsonSchema())).toContain(
      '"title":"Deviation","description":"Of the noise."',
    );
    expect(await printed(layersCommand())).toContain(
      'noise: Adds noise, in tests.\n  name             What the layer is called in summaries and files. Default: as Keras would call it. A text.\n  deviation        Of the noise. A number of at least 0 (required).',
    );
    const [card] = formOf({ models: [{ network: parseNetwork(network) }] }).models;
    const images = { shape: [2, 2, 3], classes: 5 } as const;
    // Dense, 12 → 5.
    expect(modelAnswer(card!, images).facts!.footprint!.parameters).toBe(12 * 5 + 5);
    expect(validator()(network)).toBe(true);
    expect(buildNetwork(parseNetwork(network)).layers.map(({ name }) => name)).toContain('gaussian_noise');
    expect(() => parseNetwork({ ...network, layers: [{ kind: 'noise', deviaton: 1 }] })).toThrow(
      'layers[0] (noise): deviation is missing; layers[0] (noise): there is no field "deviaton" (did you mean "deviation"?)',
    );
  });
});
