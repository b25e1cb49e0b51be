import type { BuildOptions } from 'esbuild';

export const external: string[];
export const nodeModule: BuildOptions;
/** Absolute paths. */
export const trainingAssets: string[];
