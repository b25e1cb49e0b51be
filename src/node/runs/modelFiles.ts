import type { io } from '@tensorflow/tfjs-core';
import { checkpointFiles } from '../../core/runs/layout';

/** The two files of the stock TF.js layers format, as `tf.loadLayersModel` reads them. */
export function modelFiles(artifacts: io.ModelArtifacts): { topology: string; weights: Uint8Array } {
  const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy } = artifacts;
  const weightsManifest = [{ paths: [checkpointFiles.weights], weights: weightSpecs ?? [] }];
  return {
    topology: JSON.stringify({ format, generatedBy, convertedBy, modelTopology, weightsManifest }),
    weights: joined(weightData),
  };
}

export function modelArtifacts(topology: string, weights: Uint8Array): io.ModelArtifacts {
  const { weightsManifest, ...rest } = JSON.parse(topology) as io.ModelJSON;
  return {
    ...rest,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(weights).buffer,
  };
}

function joined(data: io.WeightData | undefined): Uint8Array {
  const parts = data === undefined ? [] : Array.isArray(data) ? data : [data];
  return Buffer.concat(parts.map((part) => new Uint8Array(part)));
}
