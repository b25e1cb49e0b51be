import { expect, it } from 'vitest';
import type { RunCard } from '../../../src/protocol/lab';
import { standingsOf } from '../../../webview/lab/evaluation/standings';

const run = (
  id: string,
  models: Record<string, number | null>,
  titles: Record<string, string> = {},
): RunCard =>
  ({
    id,
    models: Object.keys(models).map((id) => ({ id, title: titles[id] ?? id })),
    bestAccuracy: Object.fromEntries(Object.entries(models).filter(([, accuracy]) => accuracy !== null)),
  }) as unknown as RunCard;

const rows = (...runs: RunCard[]) =>
  standingsOf(runs).map(({ model, accuracies }) => [model.title, ...accuracies]);

it('has a row for each model, the best first, and a column for each run', () => {
  const first = run('1', { involution: 0.46, convolution: 0.71, rednet: null });
  expect(rows(first)).toEqual([
    ['convolution', 0.71],
    ['involution', 0.46],
    ['rednet', null],
  ]);
  expect(rows(first, run('2', { involution: 0.8 }))).toEqual([
    ['involution', 0.46, 0.8],
    ['convolution', 0.71, undefined],
    ['rednet', null, undefined],
  ]);
});

it('keeps models of one id apart where they are not the same', () => {
  const other = run('2', { involution: 0.5 }, { involution: 'Involution (kernelSize 7)' });
  expect(rows(run('1', { involution: 0.4 }), other)).toEqual([
    ['Involution (kernelSize 7)', undefined, 0.5],
    ['involution', 0.4, undefined],
  ]);
});
