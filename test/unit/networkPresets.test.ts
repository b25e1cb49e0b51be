import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { footprint } from '../../src/core/network/footprint';
import { presetNetwork } from '../../src/core/network/presets/presets';

const parameters = (id: string, options: Record<string, unknown>, side: number, classes: number) =>
  footprint(presetNetwork(id, options), [side, side, 3], classes);

describe('RedNet', () => {
  // The published models', for 1000 classes and, with the same bodies, for 10.
  it.each([
    [26, 9_233_166, 7_204_656],
    [38, 12_386_986, 10_358_476],
    [50, 15_540_806, 13_512_296],
    [101, 25_652_950, 23_624_440],
    [152, 33_984_582, 31_956_072],
  ])('%d has as many parameters as the published one', (depth, thousand, ten) => {
    expect(parameters('rednet', { depth }, 224, 1000).parameters).toBe(thousand);
    expect(parameters('rednet', { depth }, 224, 10).parameters).toBe(ten);
  });

  it('has the multiply–accumulates of its reference', () => {
    const gigas = (depth: number) => parameters('rednet', { depth }, 224, 1000).macs / 1e9;
    expect(gigas(26)).toBeCloseTo(1.685, 3);
    expect(gigas(50)).toBeCloseTo(2.649, 3);
  });
});
