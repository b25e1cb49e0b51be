import { tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../../src/core/training/batchSource';

/** 32 random bits an index; make_golden.py and make_networks.py have the same function, and make the same values of it. */
export function hashed(seed: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => {
    let h = (index + Math.imul(seed, 0x9e3779b1)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  });
}

/** In [-1, 1). */
export function noise(seed: number, count: number): Float64Array {
  return Float64Array.from(hashed(seed, count), (bits) => 2 * (bits / 2 ** 32) - 1);
}

/** Kernels within Glorot's limits; biases, gammas and moving statistics keep their initial values. */
export function setWeights(model: LayersModel): void {
  const layers = model.layers.filter((layer) => layer.weights.length > 0);
  for (const [index, layer] of layers.entries()) {
    for (const [position, weight] of layer.weights.entries()) {
      const shape = weight.shape as number[];
      if (shape.length === 1) continue;
      const size = shape.reduce((a, b) => a * b);
      const [inputs, outputs] = shape.slice(-2) as [number, number];
      const limit = Math.sqrt(6 / ((size / (inputs * outputs)) * (inputs + outputs)));
      const values = Float32Array.from(
        hashed(100 * index + position, size),
        (bits) => (2 * (bits / 2 ** 32) - 1) * limit,
      );
      const value = tensor(values, shape);
      weight.write(value);
      value.dispose();
    }
  }
}

/** Batch `number` of as many as are wanted: noise, tinted by class. */
export function trainingBatch(number: number, count: number): Batch {
  const labels = Uint8Array.from(hashed(2 * number, count), (bits) => bits % 10);
  const noise = hashed(2 * number + 1, count * 32 * 32 * 3);
  const images = Uint8Array.from(noise, (bits, index) => {
    const label = labels[Math.floor(index / (32 * 32 * 3))]!;
    return (bits & 127) + 12 * ((label + (index % 3)) % 10);
  });
  return { images, labels, count };
}
