import { Variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { withFusions } from '../../../src/core/plan/fusions';
import type { KernelCall, Operation, Recording } from '../../../src/core/plan/recording';

const call = (
  kernel: string,
  inputs: KernelCall['inputs'],
  outputs: number[],
  attrs: KernelCall['attrs'] = {},
): KernelCall => ({ kernel, inputs, outputs, attrs, takesList: false });

const nothingElse = { constants: new Map(), made: new Map(), places: [], cloned: new Map() };

function recording(operations: Operation[], results: number[]): Recording {
  return { inputs: 4, operations, results, ...nothingElse };
}

const fused = (operations: Operation[], results: number[], hasKernel = (_: string) => true) =>
  withFusions(recording(operations, results), hasKernel).operations;

/** Values 0 … 3 are inputs: images, another tensor of their shape, γ, β. */
const norm = call('BatchNormTraining', { x: 0, gamma: 2, beta: 3 }, [4, 5, 6], { epsilon: 0.1 });

describe('kernels that follow each other', () => {
  it('are one where nothing else takes what passes between them', () => {
    expect(fused([norm, call('Relu', { x: 4 }, [7])], [7, 5, 6])).toEqual([
      call('BatchNormReluTraining', { x: 0, gamma: 2, beta: 3 }, [7, 5, 6], { epsilon: 0.1 }),
    ]);
  });

  it.each([
    ['the function’s caller', [7, 4], []],
    ['another kernel', [7, 8], [call('Square', { x: 4 }, [8])]],
    ['a variable', [7], [{ variable: Object.create(Variable.prototype), value: 4 }]],
  ])('stay two where %s takes it too', (_, results, more) => {
    const operations = [norm, call('Relu', { x: 4 }, [7]), ...more];
    expect(fused(operations, results)).toEqual(operations);
  });

  it('stay two on an engine that has no such kernel', () => {
    const operations = [norm, call('Relu', { x: 4 }, [7])];
    expect(fused(operations, [7], (kernel) => kernel !== 'BatchNormReluTraining')).toEqual(operations);
  });

  it.each([
    ['first', { a: 4, b: 1 }],
    ['second', { a: 1, b: 4 }],
  ])('are one with the sum of a residual block, whose %s summand it is', (_, summands) => {
    expect(fused([norm, call('Add', summands, [7]), call('Relu', { x: 7 }, [8])], [8])).toEqual([
      call('BatchNormReluTraining', { x: 0, gamma: 2, beta: 3, added: 1 }, [8, 5, 6], { epsilon: 0.1 }),
    ]);
  });

  it.each([
    ['alone', [call('Relu', { x: 4 }, [5])], {}],
    [
      'and the sum of a residual block',
      [call('Add', { a: 1, b: 4 }, [6]), call('Relu', { x: 6 }, [5])],
      { added: 1 },
    ],
  ])('are one with a batch norm outside of training, %s', (_, rest, added) => {
    const norm = call('FusedBatchNorm', { x: 0, mean: 2, variance: 3 }, [4], { varianceEpsilon: 0.1 });
    expect(fused([norm, ...rest], [5])).toEqual([
      call('BatchNormRelu', { x: 0, mean: 2, variance: 3, ...added }, [5], { varianceEpsilon: 0.1 }),
    ]);
  });

  it('are one with one of two branches only', () => {
    const norm = (x: number, y: number) =>
      call('FusedBatchNorm', { x, mean: 2, variance: 3 }, [y], { varianceEpsilon: 0.1 });
    const sum = [call('Add', { a: 4, b: 5 }, [6]), call('Relu', { x: 6 }, [7])];
    expect(fused([norm(0, 4), norm(1, 5), ...sum], [7])).toEqual([
      norm(1, 5),
      call('BatchNormRelu', { x: 0, mean: 2, variance: 3, added: 5 }, [7], { varianceEpsilon: 0.1 }),
    ]);
  });

  it('wait for the branch that comes later', () => {
    const later = call('BatchNormTraining', { x: 1, gamma: 2, beta: 3 }, [7, 8, 9], { epsilon: 0.2 });
    expect(
      fused([norm, later, call('Add', { a: 4, b: 7 }, [10]), call('Relu', { x: 10 }, [11])], [11]),
    ).toEqual([
      norm,
      call('BatchNormReluTraining', { x: 1, gamma: 2, beta: 3, added: 4 }, [11, 8, 9], { epsilon: 0.2 }),
    ]);
  });

  it('are one backwards', () => {
    const gradient = call(
      'BatchNormTrainingGrad',
      { dy: 4, x: 0, gamma: 2, mean: 3, variance: 3 },
      [5, 6, 7],
    );
    expect(fused([call('ReluGrad', { dy: 0, y: 1 }, [4]), gradient], [5, 6, 7])).toEqual([
      call('BatchNormReluTrainingGrad', { dy: 0, y: 1, x: 0, gamma: 2, mean: 3, variance: 3 }, [5, 6, 7]),
    ]);
  });

  it('are one backwards before a pool, whoever takes the gradient', () => {
    const pool = call('MaxPoolGrad', { dy: 0, input: 1, output: 2 }, [4], { filterSize: 2 });
    const sums = [call('Sum', { x: 5 }, [6]), call('Square', { x: 5 }, [7])];
    expect(fused([pool, call('ReluGrad', { dy: 4, y: 1 }, [5]), ...sums], [6, 7])).toEqual([
      call('MaxPoolReluGrad', { dy: 0, input: 1, output: 2, y: 1 }, [5], { filterSize: 2 }),
      ...sums,
    ]);
  });

  it('are one with each of several that could have it, and none if one could not', () => {
    const both = [
      call('ReluGrad', { dy: 0, y: 1 }, [4]),
      call('RankOneInvolutionGrad', { dy: 4, x: 0 }, [5, 6]),
      call('RankOneInvolutionInputGrad', { dy: 4, da: 5, x: 0 }, [7]),
    ];
    expect(fused(both, [6, 7])).toEqual([
      call('RankOneReluInvolutionGrad', { dy: 0, y: 1, x: 0 }, [5, 6]),
      call('RankOneReluInvolutionInputGrad', { dy: 0, y: 1, da: 5, x: 0 }, [7]),
    ]);
    const more = [...both, call('Square', { x: 4 }, [8])];
    expect(fused(more, [6, 7, 8])).toEqual(more);
  });

  it('are two where one takes it twice', () => {
    const operations = [call('Add', { a: 0, b: 1 }, [4]), call('Add', { a: 4, b: 4 }, [5])];
    expect(fused(operations, [5])).toEqual(operations);
  });

  it('are a convolution that rectifies', () => {
    const convolution = call('FusedConv2D', { x: 0, filter: 2, bias: 3 }, [4], {
      activation: 'linear',
      pad: 'same',
    });
    expect(fused([convolution, call('Relu', { x: 4 }, [5])], [5])).toEqual([
      call('FusedConv2D', { x: 0, filter: 2, bias: 3 }, [5], { activation: 'relu', pad: 'same' }),
    ]);
  });

  it('stay two where the convolution has an activation already', () => {
    const operations = [
      call('FusedConv2D', { x: 0, filter: 2, bias: 3 }, [4], { activation: 'sigmoid' }),
      call('Relu', { x: 4 }, [5]),
    ];
    expect(fused(operations, [5])).toEqual(operations);
  });
});
