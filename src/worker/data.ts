import type { Dataset, Split } from '../core/data/dataset';
import { classCounts, previewIndices, tileOf } from '../core/data/preview';
import type { Picture } from '../core/picture';
import type { RunData } from '../node/runs/runDataset';
import type { DataPreview } from '../protocol/worker';
import type { WorkerFunctions } from '../protocol/workerCalls';
import type { WorkerContext } from './context';

type DataFunctions = Pick<WorkerFunctions, 'dataPreview' | 'validationImages' | 'downloadCifar10'>;

export function dataFunctions({ tasks, datasets }: WorkerContext): DataFunctions {
  return {
    dataPreview: (runFolder, data, task) =>
      tasks.run(task, async (options) => preview(await datasets.ofRun(runFolder, data, options))),
    async validationImages(runFolder, indices, data) {
      const { dataset } = await datasets.ofRun(runFolder, data);
      return indices.map((index) => labelled(dataset, dataset.validation, index));
    },
    downloadCifar10: (task) =>
      tasks.run(task, async (options) => (await import('../node/data/cifar10')).fetchCifar10(options)),
  };
}

function preview({ dataset, change }: RunData): DataPreview {
  const { source, classes, train, validation, skipped } = dataset;
  return {
    source,
    dataChange: change,
    classes: [...classes],
    trainCounts: classCounts(train, classes),
    validationCounts: classCounts(validation, classes),
    pictures: previewIndices(train).map((index) => labelled(dataset, train, index)),
    skipped: [...skipped],
  };
}

/** An image of the data set, its class as the caption. */
function labelled({ classes, imageShape }: Dataset, split: Split, index: number): Picture {
  return { ...tileOf(split, imageShape, index), caption: classes[split.labels[index]!]! };
}
