/**
 * What the npm package `involution-layer` gives to any TF.js program; TensorFlow.js itself is a peer dependency. With the
 * import, TF.js can load the layers that networks of Involution Lab have.
 */
// biome-ignore-all lint/performance/noBarrelFile: a package has one entry
export { BatchNormalization, type BatchNormalizationArgs } from '../core/batchNormalization/layer';
export { ArgumentError } from '../core/involution/argumentErrors';
export type { KernelOptions } from '../core/involution/attributes';
export { type AttentionOptions, attentionKernels } from '../core/involution/generators/attentionKernels';
export type { Border } from '../core/involution/generators/border';
export type { OwnGenerator, OwnGeneratorContext } from '../core/involution/generators/chosenGenerator';
export type { KernelStage } from '../core/involution/generators/explanation';
export { filterNormKernels } from '../core/involution/generators/filterNormKernels';
export { type GaussianOptions, gaussianKernels } from '../core/involution/generators/gaussianKernels';
export type { GeneratorInput, GeneratorName } from '../core/involution/generators/generatorKinds';
export { outlookKernels } from '../core/involution/generators/outlookKernels';
export type { GroupLayout, InvolutionPadding } from '../core/involution/geometry';
export { Involution, type InvolutionArgs, type InvolutionCallArgs } from '../core/involution/layer';
export { type InvolutionOptions, involution, type Tensor6D } from '../core/involution/operator';
export type { KernelMap } from '../core/kernels/kernelMap';
export type { NetworkOptions } from '../core/network/build';
export { GroupedConvolution, type GroupedConvolutionArgs } from '../core/network/groupedConvolutionLayer';
export { type LayerSummary, type ModelSummary, summarize } from '../core/network/summary';
export { summaryTable } from '../core/network/summaryTable';
export { convolutionNet, involutionNet } from './exampleNetworks';
export { kernelMap } from './kernelMap';
