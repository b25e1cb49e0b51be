import { describe, expect, it } from 'vitest';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import { counterpartOf, pairedPlace } from '../../../src/core/kernels/pairing';

const layer = (name: string, size: number, generator = 'bottleneck'): KernelLayer => ({
  ...{ name, height: size, width: size, channels: 4, kernelSize: 3, groups: 1, strides: 1, generator },
  ...{ statistic: 'sum', constants: {}, stages: {}, projects: { value: false, output: false } },
});
const paired = (layers: KernelLayer[], others: KernelLayer[]) =>
  layers.map((_, place) => others[pairedPlace(layers, place, others)]!.name);

describe('what stands in the place of a layer', () => {
  it('is as deep: the first for the first, the last for the last', () => {
    expect([0, 1, 2].map((place) => counterpartOf(['a', 'b', 'c'], place, 3))).toEqual(['a', 'b', 'c']);
    expect([0, 1, 2, 3].map((place) => counterpartOf(['a', 'b'], place, 4))).toEqual(['a', 'a', 'b', 'b']);
    expect(counterpartOf(['a', 'b'], 0, 1)).toBe('a');
  });
});

describe('the layers of two networks', () => {
  it('are paired by name, wherever they stand', () => {
    const [one, two] = [layer('one', 32), layer('two', 16)];
    expect(paired([one, two], [layer('two', 8), layer('one', 4)])).toEqual(['one', 'two']);
  });

  it('of other names are paired by how many positions they have, and how deep they are among those', () => {
    const shallow = [layer('s1', 32), layer('s2', 16), layer('s3', 8)];
    const deep = [32, 16, 16, 8, 8, 8].map((size, i) => layer(`d${i + 1}`, size));
    expect(paired(shallow, deep)).toEqual(['d1', 'd2', 'd4']);
    expect(paired(deep, shallow)).toEqual(['s1', 's2', 's2', 's3', 's3', 's3']);
    const deeper = [32, 16, 16, 16, 8, 8].map((size, i) => layer(`e${i + 1}`, size));
    expect(paired(deep, deeper)).toEqual(['e1', 'e2', 'e4', 'e5', 'e6', 'e6']);
  });

  it('prefer one whose kernels are made in the same way', () => {
    const mixed = [layer('m1', 16, 'attention'), layer('m2', 16), layer('m3', 32)];
    expect(paired([layer('a', 16), layer('b', 16, 'attention'), layer('c', 16, 'static')], mixed)).toEqual([
      'm2',
      'm1',
      'm2',
    ]);
  });

  it('that have no size in common are paired by place', () => {
    const large = [64, 48, 24].map((size, i) => layer(`l${i + 1}`, size));
    expect(paired(large, [layer('a', 32), layer('b', 16)])).toEqual(['a', 'b', 'b']);
  });
});
