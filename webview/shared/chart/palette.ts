import type { ModelId } from '../../../src/core/network/model';

/** The tokens of further runs' models, in the order in which they are taken: far apart in hue and lightness. */
const further = [
  'charts-green',
  'charts-purple',
  'charts-yellow',
  'charts-red',
  'charts-blue',
  'charts-orange',
];

/** The theme token of a model's colour: its own in the first run shown, then the next that is free. */
export function colorToken(model: ModelId, runIndex: number): string {
  if (runIndex === 0) return `involutionLab-${model}`;
  const place = (runIndex - 1) * 2 + (model === 'convolution' ? 1 : 0);
  return further[place % further.length]!;
}

/** Validation is dashed wherever it is drawn: chart, legend, export. */
export const validationDash = [5, 4];
