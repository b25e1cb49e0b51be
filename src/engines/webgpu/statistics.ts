import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sumRows } from './sums';

/** The mean and the biased variance of each column of x, which is looked at as [rows,columns]: [columns] each. */
export function columnStatistics(
  backend: WebGPUBackend,
  x: TensorInfo,
  rows: number,
  columns: number,
): [mean: TensorInfo, variance: TensorInfo] {
  const width = { rows, columns };
  const [mean] = sumRows(
    backend,
    {
      ...width,
      name: `mean ${columns}`,
      inputs: { x },
      term: `value += x[row * ${columns} + column];`,
    },
    [[columns]],
    1 / rows,
  ) as [TensorInfo];
  const [variance] = sumRows(
    backend,
    {
      ...width,
      name: `variance ${columns}`,
      inputs: { x, mean },
      term: `
        let deviation = x[row * ${columns} + column] - mean[column];
        value += deviation * deviation;`,
    },
    [[columns]],
    1 / rows,
  ) as [TensorInfo];
  return [mean, variance];
}
