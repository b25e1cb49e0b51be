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

/** Where an arrow key leads from a cell; null for any other key. */
export function neighbour({ label, predicted }: Cell, key: string, classes: number): Cell | null {
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -predicted],
    End: [0, classes],
  };
  const step = steps[key];
  if (!step) return null;
  const inside = (i: number) => Math.max(0, Math.min(classes - 1, i));
  return { label: inside(label + step[0]), predicted: inside(predicted + step[1]) };
}
