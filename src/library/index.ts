/** What `import … from 'involution-lab'` gives to any TF.js program; TensorFlow.js itself is a peer dependency. */
// biome-ignore-all lint/performance/noBarrelFile: a package has one entry
export { ArgumentError } from '../core/involution/argumentErrors';
export type { GroupLayout } from '../core/involution/geometry';
export { Involution, type InvolutionArgs } from '../core/involution/layer';
export { type InvolutionOptions, involution } from '../core/involution/operator';
export type { KernelMap } from '../core/kernels/kernelMap';
export { convolutionNet, involutionNet, type NetworkOptions } from '../core/models/networks';
export { type LayerSummary, type ModelSummary, summarize } from '../core/models/summary';
export { summaryTable } from '../core/models/summaryTable';
export { kernelMap } from './kernelMap';
