import { drawShapes, shapesClasses, shapesImageShape } from '../../src/core/data/shapes';
import { outlineOf } from '../../src/core/diagram/outline';
import type { CheckpointEvaluation } from '../../src/core/evaluation/evaluation';
import type { ModelCard } from '../../src/core/network/model';
import { placeLayers } from '../../src/core/network/place';
import { presetNetwork } from '../../src/core/network/presets/presets';
import type { ModelSummary } from '../../src/core/network/summary';
import type { Picture } from '../../src/core/picture';
import type { RunModelSummary } from '../../src/protocol/lab';
import type { DataPreview } from '../../src/protocol/worker';
import { generator } from './curves';
import { placeOf } from './models';

const [height, width, channels] = shapesImageShape;
const { validation } = drawShapes({ train: 0, validation: 200 }, 42);

export const classes = [...shapesClasses];
export const labelOf = (index: number): number => validation.labels[index]!;

export function pictureOf(index: number, caption = classes[validation.labels[index]!]!): Picture {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let p = 0; p < width * height; p++)
    for (let c = 0; c < channels; c++) rgba[4 * p + c] = byteAt(index, p, c);
  return { width, height, rgba, caption };
}
export const byteAt = (index: number, pixel: number, channel: number) =>
  validation.images[(index * width * height + pixel) * channels + channel]!;

export function evaluation(model: CheckpointEvaluation['model']): CheckpointEvaluation {
  const random = generator(model.length);
  const right = placeOf(model) === 0 ? 0.55 : 0.8;
  const count = 2000;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const predicted = labels.map((label) =>
    random() < right + (label % 3) * 0.06 ? label : random() < 0.5 ? label ^ 1 : Math.floor(random() * 10),
  );
  const confusion = classes.map(() => classes.map(() => 0));
  for (let i = 0; i < count; i++) confusion[labels[i]!]![predicted[i]!]!++;
  const correct = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  return {
    model,
    classes,
    epoch: 12,
    missing: '',
    accuracy: correct / count,
    loss: 1.2114,
    confusion,
    perClassAccuracy: confusion.map((row, i) => row[i]! / row.reduce((sum, n) => sum + n, 0)),
    labels,
    predicted,
    mistakes: [...labels.keys()]
      .filter((i) => labels[i] !== predicted[i] && i < 200)
      .map((index, k) => ({
        index,
        label: labels[index]!,
        predicted: predicted[index]!,
        confidence: 0.9991 - k * 0.007,
      })),
  };
}

export function dataPreview(skipped: boolean): DataPreview {
  return {
    dataChange: null,
    source: skipped
      ? '/ws/花卉 flower photos, 32 × 32 pixels'
      : 'Drawn from seed 42; nothing was downloaded.',
    classes,
    trainCounts: classes.map((_, i) => (skipped ? 40 + ((i * 37) % 90) : 1000)),
    validationCounts: classes.map((_, i) => (skipped ? 10 + ((i * 13) % 20) : 200)),
    pictures: Array.from({ length: 25 }, (_, i) => pictureOf(i * 3)),
    skipped: skipped
      ? [
          { path: 'daisy/cat_07.jpg', reason: 'The file ends early (truncated JPEG).' },
          { path: 'tulip/notes.txt', reason: 'Not an image.' },
        ]
      : [],
  };
}

const layer = (
  name: string,
  type: string,
  outputShapes: (number | null)[][],
  params: number,
  macs: number,
): ModelSummary['layers'][number] => ({
  name,
  type,
  outputShapes,
  params,
  macs,
  activationBytes: outputShapes.reduce(
    (sum, shape) => sum + 4 * shape.slice(1).reduce<number>((n, d) => n * d!, 1),
    0,
  ),
});
const map = (size: number, depth: number) => [null, size, size, depth];

/** The example's two networks, as the core summarises them. */
const example: (ModelSummary & { text: string })[] = [
  {
    name: 'inv_model',
    layers: [
      layer('input_layer', 'InputLayer', [map(32, 3)], 0, 0),
      layer('inv_1', 'Involution', [map(32, 3), [null, 32, 32, 9, 1, 1]], 26, 56_320),
      layer('re_lu_3', 'ReLU', [map(32, 3)], 0, 0),
      layer('max_pooling2d', 'MaxPooling2D', [map(16, 3)], 0, 0),
      layer('inv_2', 'Involution', [map(16, 3), [null, 16, 16, 9, 1, 1]], 26, 14_080),
      layer('relu2', 'ReLU', [map(16, 3)], 0, 0),
      layer('max_pooling2d_1', 'MaxPooling2D', [map(8, 3)], 0, 0),
      layer('inv_3', 'Involution', [map(8, 3), [null, 8, 8, 9, 1, 1]], 26, 3520),
      layer('relu3', 'ReLU', [map(8, 3)], 0, 0),
      layer('flatten', 'Flatten', [[null, 192]], 0, 0),
      layer('dense', 'Dense', [[null, 64]], 12_352, 12_288),
      layer('dense_1', 'Dense', [[null, 10]], 650, 640),
    ],
    totals: { total: 39_230, trainable: 13_074, nonTrainable: 6, optimizer: 26_150 },
    text: 'Model: "inn_model"\n…',
  },
  {
    name: 'sequential',
    layers: [
      layer('input_layer', 'InputLayer', [map(32, 3)], 0, 0),
      layer('conv2d', 'Conv2D', [map(32, 32)], 896, 884_736),
      layer('relu1', 'ReLU', [map(32, 32)], 0, 0),
      layer('max_pooling2d', 'MaxPooling2D', [map(16, 32)], 0, 0),
      layer('conv2d_1', 'Conv2D', [map(16, 64)], 18_496, 4_718_592),
      layer('relu2', 'ReLU', [map(16, 64)], 0, 0),
      layer('max_pooling2d_1', 'MaxPooling2D', [map(8, 64)], 0, 0),
      layer('conv2d_2', 'Conv2D', [map(8, 64)], 36_928, 2_359_296),
      layer('relu3', 'ReLU', [map(8, 64)], 0, 0),
      layer('flatten', 'Flatten', [[null, 4096]], 0, 0),
      layer('dense', 'Dense', [[null, 64]], 262_208, 262_144),
      layer('dense_1', 'Dense', [[null, 10]], 650, 640),
    ],
    totals: { total: 957_536, trainable: 319_178, nonTrainable: 0, optimizer: 638_358 },
    text: 'Model: "cnn_model"\n…',
  },
];

/** Every further model costs what the second does, and more. */
export const summariesOf = (models: readonly ModelCard[]): RunModelSummary[] =>
  models.map((model, place) => ({
    model,
    network: place === 0 ? example[0]! : larger(example[1]!, place),
    layers: outlineOf(
      placeLayers(presetNetwork(place === 0 ? 'involution' : 'convolution'), [32, 32, 3], 10),
    ),
  }));

const larger = (network: (typeof example)[number], times: number) => ({
  ...network,
  layers: network.layers.map((each) => ({
    ...each,
    params: each.params * times,
    macs: (each.macs ?? 0) * times,
  })),
});
