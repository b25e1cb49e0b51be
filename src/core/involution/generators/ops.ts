import * as tf from '@tensorflow/tfjs-core';
import { movingAverage } from '../../batchNormalization/movingAverage';
import { averagePool } from '../averagePool';
import { involution, kernelGeneration, windowScores } from '../operator';
import { asMatrix, pointwise } from '../pointwise';
import { hasRankOneInvolution, rankOneInvolution } from '../rankOne';
import { attentionKernels } from './attentionKernels';
import { filterNormKernels } from './filterNormKernels';
import { gaussianKernels } from './gaussianKernels';
import { outlookKernels } from './outlookKernels';
import { softmaxOverTaps } from './tapSoftmax';
import { arrangeOutputs, arrangeTaps, borderMask, maskScores, windowsOf } from './taps';

/** What generators compute with: TF.js, and what this project adds to it. */
export const ops = {
  tf,
  involution,
  windowScores,
  kernelGeneration,
  movingAverage,
  hasRankOneInvolution,
  rankOneInvolution,
  pointwise,
  asMatrix,
  arrangeOutputs,
  arrangeTaps,
  windowsOf,
  borderMask,
  maskScores,
  softmaxOverTaps,
  attentionKernels,
  filterNormKernels,
  gaussianKernels,
  outlookKernels,
  /** What lies at each output position [B,Ho,Wo,C]: the average of s×s pixels. */
  atPositions: (x: tf.Tensor4D, strides: number): tf.Tensor4D => (strides > 1 ? averagePool(x, strides) : x),
};
export type Ops = typeof ops;
