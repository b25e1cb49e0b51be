/**
 * The thread of prefetch.ts: copies the images of a batch out of the data set, side by side, into the batch's memory,
 * moved as it is told to (src/core/data/augmentation.ts).
 * All memory is shared; messages carry no pixels. Plain JavaScript, so that it runs from the sources and from dist alike.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { imageShape, splits } = workerData;
const [height, width, channels] = imageShape;
const rowBytes = width * channels;
const imageBytes = height * rowBytes;

parentPort.on('message', ({ id, split, places, moves, batch }) => {
  const { images, labels } = splits[split];
  for (let i = 0; i < places.length; i++) {
    const from = places[i] * imageBytes;
    const source = images.subarray(from, from + imageBytes);
    const target = batch.images.subarray(i * imageBytes, (i + 1) * imageBytes);
    if (moves === null) target.set(source);
    else move(source, target, moves[3 * i] === 1, moves[3 * i + 1], moves[3 * i + 2]);
    batch.labels[i] = labels[places[i]];
  }
  parentPort.postMessage(id);
});

/** The window on a source that is black beyond its borders, so many rows down and columns to the right; then the flip. */
function move(source, target, isFlipped, down, right) {
  if (down !== 0 || right !== 0) target.fill(0);
  const [firstRow, lastRow] = [Math.max(0, -down), Math.min(height, height - down)];
  const [firstColumn, lastColumn] = [Math.max(0, -right), Math.min(width, width - right)];
  for (let row = firstRow; row < lastRow; row++) {
    const from = (row + down) * rowBytes + right * channels;
    const to = row * rowBytes;
    target.set(
      source.subarray(from + firstColumn * channels, from + lastColumn * channels),
      to + firstColumn * channels,
    );
    if (isFlipped) mirror(target.subarray(to, to + rowBytes));
  }
}

/** The pixels of a row from the last to the first, in place. */
function mirror(row) {
  for (let left = 0, right = rowBytes - channels; left < right; left += channels, right -= channels)
    for (let channel = 0; channel < channels; channel++) {
      const value = row[left + channel];
      row[left + channel] = row[right + channel];
      row[right + channel] = value;
    }
}
