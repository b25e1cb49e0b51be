import { shapesImageShape } from '../../src/core/data/shapes';
import { attention } from '../../src/core/involution/generators/attention';
import { bottleneck } from '../../src/core/involution/generators/bottleneck';
import { softmaxConstants } from '../../src/core/involution/generators/generator';
import type { Counterpart } from '../../src/core/kernels/fixedStencil';
import type { KernelDetail } from '../../src/core/kernels/kernelDetail';
import type { KernelLayer } from '../../src/core/kernels/kernelLayer';
import { type KernelMap, kernelMap } from '../../src/core/kernels/kernelMap';
import type { KernelSession } from '../../src/core/kernels/session';
import type { KernelStatistic } from '../../src/core/kernels/statistics';
import type { ModelCard, ModelId } from '../../src/core/network/model';
import { byteAt, classes, labelOf, pictureOf } from './images';

const [height, width] = shapesImageShape;

/** The Keras example's three. */
const example = [32, 16, 8].map(
  (size, i): KernelLayer => ({
    ...{ name: `inv_${i + 1}`, height: size, width: size, kernelSize: 3, groups: 1, channels: 3, strides: 1 },
    ...{ generator: 'bottleneck', statistic: 'sum', constants: {}, stages: bottleneck.stages },
    projects: { value: false, output: false },
  }),
);
/** One layer of local self-attention of four heads, on sixteen channels. */
const heads: KernelLayer = {
  ...{ name: 'attention', height: 16, width: 16, kernelSize: 3, groups: 4, channels: 16, strides: 1 },
  ...{ generator: 'attention', statistic: 'entropy', constants: softmaxConstants, stages: attention.stages },
  projects: { value: true, output: true },
};
/** As deep as a RedNet-26: eight involutions, of two or four groups. */
const deep = [32, 16, 16, 8, 8, 8, 4, 4].map(
  (size, i): KernelLayer => ({
    ...{ name: `block_${i + 1}`, height: size, width: size, kernelSize: 3, groups: i < 3 ? 2 : 4 },
    ...{ channels: 4, strides: i === 1 ? 2 : 1, statistic: 'sum', constants: {} },
    ...{ generator: 'bottleneck', stages: bottleneck.stages, projects: { value: false, output: false } },
  }),
);
/** One layer of more groups than are drawn at first. */
const grouped: KernelLayer = { ...example[1]!, name: 'grouped', groups: 40, channels: 40 };
const layersOfModel: Readonly<Record<ModelId, readonly KernelLayer[]>> = {
  attention: [heads],
  rednet: deep,
  drin: [grouped],
};
const layersOf = (model: ModelId) => layersOfModel[model] ?? example;
const layerOf = (session: string, name: string) =>
  layersOf(session.split('@')[2]!).find((candidate) => candidate.name === name)!;
export const checkpoints = Array.from({ length: 14 }, (_, i) => i + 1);

/** Whose kernels there are to see: `models` are those of the run that have some. */
export function kernelSession(
  index: number,
  run: string | null,
  wanted: ModelId | null,
  epoch: number | null,
  models: readonly ModelCard[],
): KernelSession {
  const model = models.find(({ id }) => id === wanted) ?? models[0]!;
  const at = run === null ? 0 : (epoch ?? checkpoints.at(-1)!);
  return {
    id: `${index}@${at}@${model.id}`,
    picture: pictureOf(index),
    dataChange: null,
    trained: at > 0,
    runName: run ?? '',
    model,
    models,
    epoch: at,
    epochs: run === null ? [] : checkpoints,
    layers: [...layersOf(model.id)],
    prediction: [
      { name: classes[labelOf(index)]!, probability: 0.62 },
      { name: classes[(labelOf(index) + 2) % 10]!, probability: 0.21 },
      { name: classes[(labelOf(index) + 3) % 10]!, probability: 0.09 },
    ],
  };
}

/** Nine weights a position and group, made from the picture's edges and light, so that the heatmaps look like trained ones. */
function kernelAt(session: string, layer: KernelLayer, row: number, column: number): Float32Array {
  return layer === heads ? softmaxOf(scoresAt(row, column)) : weightsAt(session, layer, row, column);
}

/** 9 · 4, tap by tap. */
const scoresAt = (row: number, column: number) =>
  Float32Array.from(
    { length: 36 },
    (_, i) => 2 * Math.sin(0.7 * i + 0.3 * row + 0.5 * column * (1 + (i % 4))),
  );
function softmaxOf(scores: Float32Array): Float32Array {
  const powers = scores.map(Math.exp);
  const total = (group: number) => powers.reduce((sum, p, i) => (i % 4 === group ? sum + p : sum), 0);
  return powers.map((power, i) => power / total(i % 4));
}

function weightsAt(session: string, layer: KernelLayer, row: number, column: number): Float32Array {
  const [index, epoch] = session.split('@').map(Number) as [number, number];
  const stride = width / layer.width;
  const light = (r: number, c: number) => {
    const y = Math.max(0, Math.min(height - 1, Math.round(r * stride)));
    const x = Math.max(0, Math.min(width - 1, Math.round(c * stride)));
    return byteAt(index, y * width + x, 0) / 255;
  };
  const formed = epoch / (epoch + 3);
  return Float32Array.from({ length: 9 * layer.groups }, (_, i) => {
    const [k, group] = [Math.floor(i / layer.groups), i % layer.groups];
    const [dy, dx] = [Math.floor(k / 3) - 1, (k % 3) - 1];
    const edge = light(row + dy, column + dx) - light(row, column);
    const trained = 0.9 * edge * (1 - 0.6 * group) + 0.22 * light(row, column) - 0.05;
    return formed * trained + (1 - formed) * 0.1 * Math.sin(k + row);
  });
}

export function kernelMapOf(
  session: string,
  name: string,
  statistic: KernelStatistic | null,
  group: number | 'all' = 'all',
): KernelMap {
  const layer = layerOf(session, name);
  const kernels = Array.from({ length: layer.height * layer.width }, (_, p) => [
    ...kernelAt(session, layer, Math.floor(p / layer.width), p % layer.width),
  ]).flat();
  return kernelMap(Float32Array.from(kernels), layer, group, statistic ?? layer.statistic);
}

export function kernelDetail(session: string, name: string, row: number, column: number): KernelDetail {
  const layer = layerOf(session, name);
  if (layer === heads) return attended(session, row, column);
  const index = Number(session.split('@')[0]);
  const kernel = kernelAt(session, layer, row, column);
  const stride = width / layer.width;
  const { channels, groups } = layer;
  const groupOf = Array.from({ length: channels }, (_, c) => c % groups);
  const neighbourhood = new Float32Array(9 * channels);
  const output = new Float32Array(channels);
  for (let k = 0; k < 9; k++) {
    const y = (row + Math.floor(k / 3) - 1) * stride;
    const x = (column + (k % 3) - 1) * stride;
    if (y < 0 || y >= height || x < 0 || x >= width) continue;
    for (const [c, group] of groupOf.entries()) {
      neighbourhood[k * channels + c] = byteAt(index, y * width + x, c % 3) / 255;
      output[c]! += kernel[k * groups + group]! * neighbourhood[k * channels + c]!;
    }
  }
  const pixel = neighbourhood.slice(4 * channels, 5 * channels);
  const reduced = 0.9 * pixel[0]! - 0.6 * pixel[1]! + 0.2 * pixel[2]!;
  const stages = [
    { name: 'pixel', shape: [channels], values: pixel },
    { name: 'reduced', shape: [1], values: Float32Array.of(reduced) },
    { name: 'normalized', shape: [1], values: Float32Array.of(3 * reduced - 0.2) },
    { name: 'rectified', shape: [1], values: Float32Array.of(Math.max(0, 3 * reduced - 0.2)) },
    { name: 'kernel', shape: [9, 1, groups], values: kernel },
  ];
  return { row, column, stages, kernel, neighbourhood, sums: output, output, groupOf };
}

function attended(session: string, row: number, column: number): KernelDetail {
  const numbers = (count: number, seed: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 1.3 * i + 0.2 * row + 0.4 * column));
  const scores = scoresAt(row, column);
  const kernel = kernelAt(session, heads, row, column);
  const neighbourhood = numbers(9 * 16, 4);
  const groupOf = Array.from({ length: 16 }, (_, c) => c % 4);
  const sums = Float32Array.from(groupOf, (group, c) =>
    neighbourhood.reduce(
      (sum, x, i) => (i % 16 === c ? sum + x * kernel[Math.floor(i / 16) * 4 + group]! : sum),
      0,
    ),
  );
  const stages = [
    { name: 'pixel', shape: [16], values: numbers(16, 1) },
    { name: 'query', shape: [16], values: numbers(16, 2) },
    { name: 'keys', shape: [9, 16], values: numbers(9 * 16, 3) },
    { name: 'products', shape: [9, 1, 4], values: scores.map((score) => 2 * score) },
    { name: 'scores', shape: [9, 1, 4], values: scores },
    { name: 'kernel', shape: [9, 1, 4], values: kernel },
  ];
  return { row, column, stages, kernel, neighbourhood, sums, output: numbers(16, 5), groupOf };
}

export function kernelRowOf(session: string, name: string, row: number): Float32Array {
  const layer = layerOf(session, name);
  const kernels = Array.from({ length: layer.width }, (_, column) => [
    ...kernelAt(session, layer, row, column),
  ]);
  return Float32Array.from(kernels.flat());
}

/** Of the convolution network's layers, the one at this layer's depth. */
export function counterpartOf(name: string, filter: number, model: ModelCard): Counterpart {
  const place = Math.max(
    0,
    example.findIndex((layer) => layer.name === name),
  );
  const inputs = [3, 32, 64][place]!;
  return {
    ...{ model, epoch: checkpoints.at(-1)!, layer: ['conv2d', 'conv2d_1', 'conv2d_2'][place]! },
    ...{ kernelSize: 3, channels: inputs, filter, filters: 32 },
    weights: Float32Array.from(
      { length: 9 * inputs },
      (_, i) => Math.sin(1.7 * i + 0.9 * filter + place) / 3,
    ),
  };
}
