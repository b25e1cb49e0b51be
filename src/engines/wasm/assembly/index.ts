export { scratch } from './scratch';
export { wide } from './wideTile';
export { adamStep } from './adam';
export { batchNormApply, batchNormStatistics, batchNormSums } from './batchNorm';
export { batchNormGradApply, batchNormGradFactors, batchNormGradSums } from './batchNormGrad';
export { involution, involutionInputGrad } from './involution';
export { involutionKernelGrad } from './involutionKernelGrad';
export { packPanels } from './panels';
export { columnSums, groupedColumnSums } from './columnSums';
export { depthwise, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { convolve } from './convolution';
export { filterGradientPartials, filterGradientTotal } from './filterGradient';
export { add, normalizePixels, relu, reluGrad } from './elementwise';
export {
  addChunks,
  generationGradInput,
  generationGradOutput,
  generationReduce,
  generationSpan,
  generationStatistics,
} from './generation';
export { gatherOutlook, gatherOutlookGrad } from './outlook';
export { averagePool, averagePoolGrad, maxPool, maxPoolGrad } from './pooling';
export { rankOneInvolutionGrad } from './rankOneGrad';
export { rankOneInvolutionInputGrad } from './rankOneInputGrad';
export { rankOneInvolution, rankOneSums } from './rankOneInvolution';
export { tapSoftmax, tapSoftmaxGrad } from './tapSoftmax';
export { winogradConvolve, winogradGradientPartials } from './winograd';
export { winogradGradientTotal, winogradPanels } from './winogradFilters';
