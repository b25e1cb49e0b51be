import * as v from 'valibot';
import { involutionalNetwork, involutionParameters } from './exampleBody';
import { preset } from './preset';

export const staticKernels = preset({
  id: 'static',
  title: 'Static kernels',
  description:
    'The involutional network with the same learned kernel at every position: what kernels of their own are worth.',
  parameters: v.strictObject(involutionParameters),
  network: (parameters) => involutionalNetwork('static_model', parameters, { kind: 'static' }),
});
