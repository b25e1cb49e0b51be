import { version_core } from '@tensorflow/tfjs-core';
import packageJson from '../../../package.json' with { type: 'json' };

export const labVersion = packageJson.version;

/** What a run was computed with, for its manifest. */
export function softwareVersions(): Record<string, string> {
  return { 'involution-lab': labVersion, node: process.versions.node, tfjs: version_core };
}
