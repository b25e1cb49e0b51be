/**
 * The thread of prefetch.ts: copies the images of a batch out of the data set, side by side, into the batch's memory.
 * All memory is shared; messages carry no pixels. Plain JavaScript, so that it runs from the sources and from dist alike.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { imageBytes, splits } = workerData;

parentPort.on('message', ({ id, split, indices, batch }) => {
  const { images, labels } = splits[split];
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i] * imageBytes;
    batch.images.set(images.subarray(at, at + imageBytes), i * imageBytes);
    batch.labels[i] = labels[indices[i]];
  }
  parentPort.postMessage(id);
});
