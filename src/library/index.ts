/** What `import … from 'involution-lab'` gives to any TF.js program; TensorFlow.js itself is a peer dependency. */
// biome-ignore-all lint/performance/noBarrelFile: a package has one entry
export { ArgumentError } from '../core/involution/argumentErrors';
export type { GroupLayout } from '../core/involution/geometry';
export { Involution, type InvolutionArgs } from '../core/involution/layer';
export { type InvolutionOptions, involution } from '../core/involution/operator';
export type { KernelMap } from '../core/kernels/kernelMap';
export type { NetworkOptions } from '../core/network/build';
export { type LayerSummary, type ModelSummary, summarize } from '../core/network/summary';
export { summaryTable } from '../core/network/summaryTable';
export { convolutionNet, involutionNet } from './exampleNetworks';
export { kernelMap } from './kernelMap';
