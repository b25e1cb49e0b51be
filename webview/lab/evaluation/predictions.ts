import type { Evaluation } from '../../../src/core/evaluation/evaluation';

/** One cell of the confusion matrix: true class, predicted class. */
export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

/** The validation images of a cell, in the data set's order. */
export function imagesOf({ labels, predicted }: Evaluation, cell: Cell): number[] {
  const indices: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === cell.label && predicted[i] === cell.predicted) indices.push(i);
  }
  return indices;
}

/** A cell's share of its row: of the images of the true class. */
export function shareOf(confusion: readonly (readonly number[])[], { label, predicted }: Cell): number {
  const row = confusion[label]!;
  const total = row.reduce((sum, n) => sum + n, 0);
  return total === 0 ? 0 : row[predicted]! / total;
}
