import { expect, it } from 'vitest';
import { otherBits } from '../../../src/application/training/otherBits';

const [fused, plain] = ['with fused multiply–add', 'without fused multiply–add'];

it('says that a run goes on with another arithmetic than it began with', () => {
  expect(otherBits({ name: 'cpu' }, { name: 'wasm', arithmetic: fused })).toBe(
    'The run began on cpu and continues on wasm: results agree within float tolerance, not to the bit.',
  );
  expect(otherBits({ name: 'wasm', arithmetic: fused }, { name: 'wasm', arithmetic: plain })).toBe(
    'The run began on wasm with fused multiply–add and continues without fused multiply–add: results agree within float tolerance, not to the bit.',
  );
});

it('says nothing where it is the same, or was not noted down', () => {
  expect(otherBits({ name: 'cpu' }, { name: 'cpu' })).toBeUndefined();
  expect(otherBits({ name: 'wasm', arithmetic: plain }, { name: 'wasm', arithmetic: plain })).toBeUndefined();
  expect(otherBits({ name: 'wasm' }, { name: 'wasm', arithmetic: fused })).toBeUndefined();
});
