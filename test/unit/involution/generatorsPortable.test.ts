import '@tensorflow/tfjs-backend-cpu';
import { getKernel, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect } from 'vitest';
import { generatorSuite } from '../../engines/suite/generators';

describe("TF.js's own cpu backend, with the portable kernels", () => {
  beforeAll(async () => {
    await setBackend('cpu');
    expect(getKernel('Involution', 'cpu')).toBeUndefined();
  });
  generatorSuite({ name: 'cpu', tolerance: 1e-5 });
});
