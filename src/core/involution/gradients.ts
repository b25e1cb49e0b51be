import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { type InvolutionAttrs, type KernelGenerationAttrs, runInvolutionKernel } from './kernels';

/**
 * Involution is linear in each of its inputs, so the gradients of its gradients are the same three kernels again.
 */
export const involutionGradients: readonly GradConfig[] = [
  {
    kernelName: 'Involution',
    inputsToSave: ['x', 'kernel'],
    gradFunc: (dy, saved, attrs) => {
      const [x, kernel] = saved as [Tensor, Tensor];
      return {
        x: () => inputGradient(dy as Tensor, kernel, attrs as InvolutionAttrs, x.shape),
        kernel: () => kernelGradient(dy as Tensor, x, attrs as InvolutionAttrs),
      };
    },
  },
  {
    kernelName: 'InvolutionInputGrad',
    inputsToSave: ['dy', 'kernel'],
    gradFunc: (ddx, saved, attrs) => {
      const [dy, kernel] = saved as [Tensor, Tensor];
      return {
        dy: () => forward(ddx as Tensor, kernel, attrs as InvolutionAttrs),
        kernel: () => kernelGradient(dy, ddx as Tensor, attrs as InvolutionAttrs),
      };
    },
  },
  {
    kernelName: 'InvolutionKernelGrad',
    inputsToSave: ['dy', 'x'],
    gradFunc: (ddkernel, saved, attrs) => {
      const [dy, x] = saved as [Tensor, Tensor];
      return {
        dy: () => forward(x, ddkernel as Tensor, attrs as InvolutionAttrs),
        x: () => inputGradient(dy, ddkernel as Tensor, attrs as InvolutionAttrs, x.shape),
      };
    },
  },
  {
    // The mean and the variance, as outputs, carry no gradient: they feed the moving statistics only.
    kernelName: 'KernelGeneration',
    inputsToSave: ['x', 'w0', 'b0', 'gamma', 'beta', 'w1', 'b1'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [dh] = dys as [Tensor, Tensor, Tensor];
      const [x, w0, b0, gamma, beta, w1, b1, mean, variance] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const [dx, dw0, db0, dgamma, dbeta, dw1, db1] = runInvolutionKernel(
        'KernelGenerationGrad',
        { dh, x, w0, b0, gamma, beta, w1, b1, mean, variance },
        attrs as KernelGenerationAttrs,
      );
      return {
        x: () => dx,
        w0: () => dw0,
        b0: () => db0,
        gamma: () => dgamma,
        beta: () => dbeta,
        w1: () => dw1,
        b1: () => db1,
      };
    },
  },
];

function forward(x: Tensor, kernel: Tensor, attrs: InvolutionAttrs): Tensor {
  return runInvolutionKernel('Involution', { x, kernel }, attrs);
}

function inputGradient(dy: Tensor, kernel: Tensor, attrs: InvolutionAttrs, inputShape: number[]): Tensor {
  return runInvolutionKernel('InvolutionInputGrad', { dy, kernel }, { ...attrs, inputShape });
}

function kernelGradient(dy: Tensor, x: Tensor, attrs: InvolutionAttrs): Tensor {
  return runInvolutionKernel('InvolutionKernelGrad', { dy, x }, attrs);
}
