/** A 1×1 convolution or a dense layer of involution_layer.py, its kernel and bias. */
const weighing = (layer: string, name: string) => ({
  [`${layer}/vars/0`]: `${name}_kernel`,
  [`${layer}/vars/1`]: `${name}_bias`,
});

const normalization = (layer: string, name: string) => ({
  [`${layer}/vars/0`]: `${name}_gamma`,
  [`${layer}/vars/1`]: `${name}_beta`,
  [`${layer}/vars/2`]: `${name}_mean`,
  [`${layer}/vars/3`]: `${name}_variance`,
});

const value = weighing('value_projection', 'value');
const output = weighing('output_projection', 'output');
const linear = { 'kernel_gen/weigh/vars/0': 'kernel', 'kernel_gen/weigh/vars/1': 'bias' };

/** Of each generator that involution_layer.py has: where it keeps the weights, attribute by attribute. */
export const generatorPlaces: Record<string, Readonly<Record<string, string>>> = {
  bottleneck: {
    ...weighing('kernel_gen/layers/conv2d', 'conv1'),
    'kernel_gen/layers/batch_normalization/vars/0': 'gamma',
    'kernel_gen/layers/batch_normalization/vars/1': 'beta',
    'kernel_gen/layers/batch_normalization/vars/2': 'moving_mean',
    'kernel_gen/layers/batch_normalization/vars/3': 'moving_variance',
    ...weighing('kernel_gen/layers/conv2d_1', 'conv2'),
  },
  linear,
  static: { 'kernel_gen/vars/0': 'kernel' },
  attention: {
    ...weighing('kernel_gen/query', 'query'),
    ...weighing('kernel_gen/key', 'key'),
    'kernel_gen/vars/0': 'position_bias',
    ...value,
    ...output,
  },
  outlook: { ...weighing('kernel_gen/attention', 'attention'), ...value, ...output },
  'filter-norm': linear,
  gaussian: {},
  pairwise: {
    ...weighing('kernel_gen/own', 'own'),
    ...weighing('kernel_gen/neighbour', 'neighbour'),
    ...weighing('kernel_gen/offset', 'offset'),
    ...normalization('kernel_gen/relation_norm', 'relation'),
    ...weighing('kernel_gen/hidden', 'hidden'),
    ...normalization('kernel_gen/hidden_norm', 'hidden'),
    ...weighing('kernel_gen/score', 'score'),
    ...value,
  },
};
