import '@tensorflow/tfjs-backend-cpu';
import { ones, type Tensor } from '@tensorflow/tfjs-core';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { expect, it, vi } from 'vitest';
import { layersCommand } from '../../../src/cli/layers';
import { modelsCommand } from '../../../src/cli/models';
import { dataKinds } from '../../../src/core/data/dataKinds';
import { Involution } from '../../../src/core/involution/layer';
import { networkJsonSchema } from '../../../src/core/network/jsonSchema';
import { parseNetwork } from '../../../src/core/network/parse';
import { formOf } from '../../../webview/dashboard/form';
import { cardParameters, modelAnswer } from '../../../webview/dashboard/models/formModel';
import { helpOf, printed } from '../support/printed';

/** All that adding a kind changes: the list. */
vi.mock('../../../src/core/involution/generators/generatorKinds', async (original) => {
  const { generatorKinds, generatorNames } =
    await original<typeof import('../../../src/core/involution/generators/generatorKinds')>();
  const { throwAwayGenerator } = await import('../support/throwAwayGenerator');
  return {
    generatorKinds: { ...generatorKinds, 'throw-away': throwAwayGenerator },
    generatorNames: [...generatorNames, 'throw-away'],
  };
});

const network = (options: object) => ({
  name: 'test',
  layers: [
    { kind: 'involution', generator: { kind: 'throw-away', ...options } },
    { kind: 'flatten' },
    { kind: 'dense', units: 'classes' },
  ],
});

it('is in the schema of networks, with its options, and in the messages of what is wrong', () => {
  const accepts = new Ajv2020({ allErrors: true }).compile(networkJsonSchema() as AnySchema);
  expect(accepts(network({ sign: 'minus' }))).toBe(true);
  expect(accepts(network({ sign: 'none' }))).toBe(false);
  expect(parseNetwork(network({})).layers[0]).toMatchObject({
    generator: { kind: 'throw-away', sign: 'plus' },
  });
  expect(() => parseNetwork(network({ sign: 'none' }))).toThrow(
    'layers[0] (involution): generator.sign must be one of "plus", "minus", but is "none"',
  );
});

it('is in the help of the command', async () => {
  const [show] = modelsCommand().commands;
  expect(helpOf(show!)).toMatch(/^ {2}generator +How kernels are made\. One of bottleneck, .*, throw-away /m);
  expect(await printed(layersCommand())).toContain(
    'throw-away: One stencil for all, for tests alone.\n  sign             What the stencil is multiplied by. One of plus, minus (default: plus).',
  );
});

it('can be chosen in the form, which counts it', () => {
  const [card] = formOf({
    models: [{ preset: 'involution', parameters: { generator: 'throw-away' } }],
  }).models;
  const { choices } = cardParameters(card!).find(({ name }) => name === 'generator')!;
  expect(choices).toContain('throw-away');
  const { facts, request } = modelAnswer(card!, dataKinds.shapes.images);
  expect(request).toEqual({ preset: 'involution', parameters: { generator: 'throw-away' } });
  // 3 stencils of 3×3; dense layers of 8·8·3 → 64 → 10.
  expect(facts!.footprint!.parameters).toBe(3 * 9 + (192 * 64 + 64) + (64 * 10 + 10));
});

it('generates: all its weights are 1, so a pixel becomes the sum of its neighbourhood', () => {
  const layer = new Involution({ generator: { kind: 'throw-away', sign: 'minus' } as never });
  const [y] = [layer.apply(ones([1, 3, 3, 2]))].flat() as Tensor[];
  expect(Array.from(y!.dataSync().filter((_, i) => i % 2 === 0))).toEqual([
    -4, -6, -4, -6, -9, -6, -4, -6, -4,
  ]);
  expect(layer.countParams()).toBe(9);
});
