import type { ModelCard } from '../../src/core/network/model';

/** The models of a run of twelve; runs of fewer have the first of them. */
export const twelveModels: readonly ModelCard[] = [
  { id: 'involution', title: 'Involution' },
  { id: 'convolution', title: 'Convolution' },
  { id: 'rednet', title: 'RedNet (depth 26, width 0.5)' },
  { id: 'resnet', title: 'ResNet (depth 26, width 0.5)' },
  { id: 'static', title: 'Static kernels' },
  { id: 'attention', title: 'Local self-attention' },
  { id: 'involution-2', title: 'Involution (kernelSize 7)' },
  { id: 'involution-3', title: 'Involution (width 32, groups 4, reductionRatio 4)' },
  { id: 'drin', title: 'DRIN' },
  { id: 'rednet-2', title: 'RedNet' },
  { id: 'mine', title: '我的网络 with a name of its own that goes on and on' },
  { id: 'convolution-2', title: 'Convolution (width 8)' },
];

export const placeOf = (model: string): number => twelveModels.findIndex(({ id }) => id === model);

/** "six": how many models a story shows; two where it does not say. */
export function modelsOfStory(traits: readonly string[]): ModelCard[] {
  const count = traits.includes('one') ? 1 : traits.includes('six') ? 6 : traits.includes('twelve') ? 12 : 2;
  return twelveModels.slice(0, count);
}
