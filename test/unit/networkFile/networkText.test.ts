import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../../src/core/network/parse';
import { presetNetwork, presets } from '../../../src/core/network/presets/presets';
import { networkText } from '../../../src/core/networkFile/networkText';

describe('a network as a person would write it', () => {
  it.each(Object.keys(presets))('is the same network: %s', (id) => {
    const network = presetNetwork(id);
    expect(parseNetwork(JSON.parse(networkText(network)))).toEqual(network);
  });

  it('has a layer on each line and nothing that it would have anyway', () => {
    const network = parseNetwork({
      name: 'small',
      layers: [
        { kind: 'convolution', filters: 8, bias: true },
        {
          kind: 'residual',
          main: [
            {
              kind: 'involution',
              kernelSize: 7,
              groups: 2,
              padding: 'symmetric',
              groupLayout: 'contiguous',
              generator: { kind: 'bottleneck', reductionRatio: 4, epsilon: 1e-5, momentum: 0.99 },
            },
          ],
        },
        { kind: 'flatten', name: 'row' },
        { kind: 'dense', units: 'classes' },
      ],
    });
    expect(networkText(network)).toBe(`{
  "name": "small",
  "layers": [
    { "kind": "convolution", "filters": 8 },
    {
      "kind": "residual",
      "main": [
        {
          "kind": "involution",
          "kernelSize": 7,
          "groups": 2,
          "padding": "symmetric",
          "groupLayout": "contiguous",
          "generator": { "kind": "bottleneck", "reductionRatio": 4, "epsilon": 0.00001 }
        }
      ]
    },
    { "kind": "flatten", "name": "row" },
    { "kind": "dense", "units": "classes" }
  ]
}
`);
  });
});
