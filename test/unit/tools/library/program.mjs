// A TF.js program that knows nothing of Involution Lab but its package; library.test.ts runs it.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  ArgumentError,
  attentionKernels,
  BatchNormalization,
  convolutionNet,
  filterNormKernels,
  gaussianKernels,
  Involution,
  involution,
  involutionNet,
  kernelMap,
  outlookKernels,
  summarize,
  summaryTable,
} from 'involution-layer';

await tf.setBackend('cpu');

const input = tfl.input({ shape: [null, null, 4] });
const [features, kernel] = new Involution({
  groups: 2,
  kernelSize: 5,
  strides: 2,
  seed: 7,
  name: 'inv',
}).apply(input);
const pooled = tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(features);
const logits = tfl.layers.dense({ units: 3, name: 'logits' }).apply(pooled);
const model = tfl.model({ inputs: input, outputs: [logits, kernel] });

const x = tf.randomUniform([2, 7, 9, 4], -1, 1, 'float32', 1);
const classifier = tfl.model({ inputs: input, outputs: logits });
classifier.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const before = classifier.getWeights().map((weight) => weight.arraySync());
const loss = await classifier.trainOnBatch(x, tf.zeros([2, 3]));
const after = classifier.getWeights().map((weight) => weight.arraySync());

let saved;
await model.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  }),
);
const loaded = await tfl.loadLayersModel(tf.io.fromMemory(saved));
const [ours, kernels] = model.predict(x);
const [theirs] = loaded.predict(x);
const ones = involution(tf.ones([1, 3, 3, 1]), tf.ones([1, 3, 3, 9, 1, 1]));
const [map] = await kernelMap(kernels);

const [q, k] = [2, 3].map((seed) => tf.randomUniform([1, 5, 4, 4], -1, 1, 'float32', seed));
const bare = {
  attention: attentionKernels(q, k, { kernelSize: 3, groups: 2, groupLayout: 'contiguous', border: 'zero' }),
  filterNorm: filterNormKernels(tf.randomUniform([1, 5, 4, 18], -1, 1, 'float32', 4), { groups: 2 }),
  gaussian: gaussianKernels(q, { kernelSize: 3, groups: 2, normalize: true }),
  outlook: outlookKernels(tf.randomUniform([1, 5, 4, 32], -1, 1, 'float32', 5), { kernelSize: 2, groups: 2 }),
};
const described = Object.entries(bare).map(([name, kernels]) => [
  name,
  kernels.shape,
  involution(k, kernels).shape,
  tf.sum(kernels, [3, 4]).arraySync()[0][2][2],
]);

/** Whether its statistics move in a step of training, first frozen and then not. */
async function moves(layer) {
  const image = tfl.input({ shape: [7, 9, 4] });
  const [features] = [layer.apply(image)].flat();
  const outputs = tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(features);
  const network = tfl.model({ inputs: image, outputs: tfl.layers.dense({ units: 3 }).apply(outputs) });
  const statistics = () =>
    JSON.stringify(
      layer
        .getWeights()
        .slice(-2)
        .map((weight) => weight.arraySync()),
    );
  const results = [];
  for (const trainable of [false, true]) {
    layer.trainable = trainable;
    network.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const before = statistics();
    await network.trainOnBatch(x, tf.ones([2, 3]));
    results.push(statistics() !== before);
  }
  return results;
}

const refusalOf = (act) => {
  try {
    act();
  } catch (error) {
    return { isArgumentError: error instanceof ArgumentError, message: error.message };
  }
};

console.log(
  JSON.stringify({
    shapes: [ours.shape, kernels.shape],
    loss,
    changed: before.map((values, index) => JSON.stringify(values) !== JSON.stringify(after[index])),
    weightNames: loaded.weights.map((weight) => weight.originalName),
    predictions: [ours.arraySync(), theirs.arraySync()],
    ones: ones.dataSync().join(' '),
    map: [map.height, map.width, Array.from(map.values)],
    kernelSums: tf.sum(kernels, [3, 4, 5]).arraySync()[0].flat(),
    totals: [involutionNet(), convolutionNet()].map((network) => summarize(network).totals.total),
    title: summaryTable(summarize(involutionNet()), { costs: false }).split('\n')[0],
    described,
    moves: [await moves(new Involution()), await moves(new BatchNormalization())],
    refused: [
      () => new Involution({ groups: 3 }).apply(input),
      () => new Involution({ stride: 2 }),
      () => new Involution({ dilation: 2 }),
      () => new Involution({ generator: { kind: 'attention', borders: 'zero' } }),
    ].map(refusalOf),
  }),
);
