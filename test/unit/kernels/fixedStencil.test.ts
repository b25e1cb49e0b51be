import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { fixedLayers, fixedStencil } from '../../../src/core/kernels/fixedStencil';
import { buildNetwork } from '../../../src/core/network/build';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { hasFixedKernels } from '../../../src/core/network/traits';

const network = (layers: object[]) =>
  parseNetwork({
    name: 'test',
    layers: [...layers, { kind: 'flatten' }, { kind: 'dense', units: 'classes' }],
  });
const build = (layers: object[], channels = 3) =>
  buildNetwork(network(layers), { inputShape: [6, 6, channels], classes: 2, seed: 4 });

describe('a layer that has the same stencils everywhere', () => {
  it('is a convolution of more than one tap, or an involution of the static kind', () => {
    const mixed = build([
      { kind: 'convolution', name: 'point', filters: 4, kernelSize: 1 },
      { kind: 'convolution', name: 'spatial', filters: 4, kernelSize: 3 },
      { kind: 'involution', name: 'made' },
      { kind: 'involution', name: 'fixed', generator: { kind: 'static' } },
    ]);
    expect(fixedLayers(mixed).map(({ name }) => name)).toEqual(['spatial', 'fixed']);
  });

  it('gives the stencils of one filter, channel by channel', async () => {
    const [layer] = fixedLayers(build([{ kind: 'convolution', filters: 5, kernelSize: 3 }]));
    // [3,3,3,5]
    const weights = await layer!.getWeights()[0]!.data();
    const stencil = await fixedStencil(layer!, 2);
    expect(stencil).toMatchObject({ kernelSize: 3, channels: 3, filter: 2, filters: 5 });
    for (let tap = 0; tap < 9; tap++)
      for (let c = 0; c < 3; c++) expect(stencil.weights[tap * 3 + c]).toBe(weights[(tap * 3 + c) * 5 + 2]);
    expect((await fixedStencil(layer!, 99)).filter).toBe(4);
  });

  it('gives that of the group to each channel of a static involution', async () => {
    for (const [groupLayout, groups] of [
      ['contiguous', [0, 0, 1, 1]],
      ['interleaved', [0, 1, 0, 1]],
    ] as const) {
      const layer = fixedLayers(
        build([{ kind: 'involution', groups: 2, groupLayout, generator: { kind: 'static' } }], 4),
      )[0]!;
      const weights = await layer.getWeights()[0]!.data();
      const stencil = await fixedStencil(layer, 0);
      expect(stencil).toMatchObject({ kernelSize: 3, channels: 4, filter: 0, filters: 1 });
      for (let tap = 0; tap < 9; tap++)
        for (const [c, group] of groups.entries())
          expect(stencil.weights[tap * 4 + c]).toBe(weights[tap * 2 + group]);
    }
  });

  it('makes a counterpart of networks that have no other involution', () => {
    expect(hasFixedKernels(presetNetwork('convolution'))).toBe(true);
    expect(hasFixedKernels(network([{ kind: 'involution', generator: { kind: 'static' } }]))).toBe(true);
    expect(hasFixedKernels(presetNetwork('involution'))).toBe(false);
  });
});
