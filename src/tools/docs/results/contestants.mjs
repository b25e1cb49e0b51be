// What docs/results.md compares, all on CIFAR-10 with one recipe. Plain JavaScript, so that training it needs nothing
// but Node.js and the built command.
export const recipe = {
  epochs: 5,
  batchSize: 128,
  /** Of the smaller ones; the residual networks take too long for more than the first. */
  seeds: [42, 43, 44],
};

/**
 * @typedef {object} Contestant
 * @property {string} id
 * @property {string} title
 * @property {string} preset
 * @property {string} parameters as the option --set has them
 * @property {boolean} isLong
 */
/** @type {readonly Contestant[]} */
export const contestants = [
  contestant('convolution', 'CNN', 'convolution'),
  contestant('involution', 'INN (K 3, G 1)', 'involution'),
  contestant('involution-k5', 'INN, K 5', 'involution', 'kernelSize=5'),
  contestant('involution-k7', 'INN, K 7', 'involution', 'kernelSize=7'),
  contestant('involution-g3', 'INN, G 3', 'involution', 'groups=3'),
  contestant('static', 'INN with static kernels', 'static'),
  contestant('attention', 'INN with local self-attention', 'attention'),
  contestant('rednet', 'RedNet-26, width 0.125', 'rednet', 'depth=26,width=0.125,stem=cifar', true),
  contestant('resnet', 'ResNet-26, width 0.125', 'resnet', 'depth=26,width=0.125,stem=cifar', true),
];

/** @returns {Contestant} */
function contestant(id, title, preset, parameters = '', isLong = false) {
  return { id, title, preset, parameters, isLong };
}

/** Where the run of a contestant and a seed lies, alone. */
export const folderOf = (/** @type {string} */ root, /** @type {string} */ id, /** @type {number} */ seed) =>
  `${root}/${id}/seed-${seed}`;
