import { choice } from './fields';

export const initializer = choice(
  'Initializer',
  'How the kernel starts. glorot: uniform, Keras’s default; he: normal, by the outputs of each value, as PyTorch’s ResNets do.',
  ['glorot', 'he'],
);

/** Glorot and Bengio's uniform initialiser, Keras's default for kernels. */
export const glorotUniform = (seed: number): object => ({
  className: 'VarianceScaling',
  config: { scale: 1, mode: 'fanAvg', distribution: 'uniform', seed },
});

/** He and others' normal initialiser, "Kaiming, fan out" in PyTorch: for layers before a ReLU. */
const heNormal = (seed: number): object => ({
  className: 'VarianceScaling',
  config: { scale: 2, mode: 'fanOut', distribution: 'normal', seed },
});

export const kernelInitializer = { glorot: glorotUniform, he: heNormal };
