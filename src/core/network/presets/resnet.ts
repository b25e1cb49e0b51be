import * as v from 'valibot';
import { kernelSize } from '../fields';
import { preset } from './preset';
import { bodyParameters, convolution, residualNetwork } from './residualBody';

export const resnet = preset({
  id: 'resnet',
  title: 'ResNet',
  description: 'RedNet with 3×3 convolutions in place of its involutions: what it is to be compared with.',
  parameters: v.strictObject({ ...bodyParameters, kernelSize: v.optional(kernelSize, 3) }),
  network: (parameters) =>
    residualNetwork(`resnet${parameters.depth}`, parameters, (channels, { kernelSize, strides }) =>
      convolution(channels, kernelSize, strides),
    ),
});
