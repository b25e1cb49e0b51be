/** Glorot and Bengio's uniform initialiser, Keras's default for kernels. */
export const glorotUniform = (seed: number): object => ({
  className: 'VarianceScaling',
  config: { scale: 1, mode: 'fanAvg', distribution: 'uniform', seed },
});
