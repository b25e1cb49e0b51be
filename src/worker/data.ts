import type { Dataset, Split } from '../core/data/dataset';
import { loadDataset } from '../node/data/loadDataset';
import { picture } from '../node/images/picture';
import type { DataPreview, Picture, WorkerFunctions } from '../protocol/worker';
import type { WorkerContext } from './context';

type DataFunctions = Pick<WorkerFunctions, 'dataPreview' | 'validationImages' | 'downloadCifar10'>;

/** The example's grid. */
const previewCount = 25;

export function dataFunctions({ tasks, datasets }: WorkerContext): DataFunctions {
  return {
    dataPreview: (runFolder, task) =>
      tasks.run(task, async (options) => preview(await datasets.ofRun(runFolder, options))),
    async validationImages(runFolder, indices) {
      const dataset = await datasets.ofRun(runFolder);
      return indices.map((index) => labelled(dataset, dataset.validation, index));
    },
    downloadCifar10: (task) =>
      tasks.run(
        task,
        async (options) => (await loadDataset({ kind: 'cifar10' }, { seed: 0, ...options })).source,
      ),
  };
}

function preview(dataset: Dataset): DataPreview {
  const { name, source, classes, train, validation, skipped } = dataset;
  return {
    name,
    source,
    classes: [...classes],
    trainCounts: countLabels(train, classes.length),
    validationCounts: countLabels(validation, classes.length),
    pictures: Array.from({ length: Math.min(previewCount, train.count) }, (_, index) =>
      labelled(dataset, train, index),
    ),
    skipped: [...skipped],
  };
}

/** An image of the data set, its class as the caption. */
function labelled(
  { classes, imageShape }: Dataset,
  { images, labels, count }: Split,
  index: number,
): Picture {
  if (index >= count) throw new Error(`There is no image ${index}: the data set has ${count}.`);
  const [height, width, channels] = imageShape;
  const bytes = height * width * channels;
  const rgb = images.subarray(index * bytes, (index + 1) * bytes);
  return picture({ width, height, rgb }, classes[labels[index]!]!);
}

function countLabels({ labels, count }: Split, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let index = 0; index < count; index++) counts[labels[index]!]!++;
  return counts;
}
