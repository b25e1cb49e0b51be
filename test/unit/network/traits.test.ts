import { describe, expect, it } from 'vitest';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { convolves, hasInvolutions } from '../../../src/core/network/traits';

describe('the traits of a network', () => {
  it.each([
    ['involution', {}, { involves: true, convolves: false }],
    ['involution', { width: 8 }, { involves: true, convolves: true }],
    ['convolution', {}, { involves: false, convolves: true }],
    // All of its involutions are in branches.
    ['rednet', { stem: 'cifar' }, { involves: true, convolves: true }],
    ['resnet', { stem: 'cifar' }, { involves: false, convolves: true }],
  ])('of %s with %j are seen wherever its layers are', (preset, parameters, traits) => {
    const network = presetNetwork(preset, parameters);
    expect({ involves: hasInvolutions(network), convolves: convolves(network) }).toEqual(traits);
  });
});
