import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchEvent, EpochEvent } from '../../../src/core/runs/events';
import { RunCurves } from '../../../src/host/runCurves';
import type { SeriesRequest, SeriesSnapshot } from '../../../src/protocol/lab';
import { marksOf, patched } from '../../../src/protocol/seriesPatch';

const batch = (model: string, step: number): BatchEvent => ({
  ...{ type: 'batch', time: step, model, epoch: 1, batch: step, step, loss: 1 / step, accuracy: 0.5 },
});
const epoch = (model: string): EpochEvent => ({
  ...{
    type: 'epoch',
    time: 9,
    model,
    epoch: 1,
    step: 2,
    loss: 1,
    accuracy: 0.5,
    valLoss: 2,
    valAccuracy: 0.25,
  },
  ...{ learningRate: 0.001, seconds: 1 },
});
const request = {
  ...{ metrics: ['loss'], axis: 'batch', from: null, to: null, width: null, smoothing: 0, known: {} },
} satisfies Omit<SeriesRequest, 'runs'> as Omit<SeriesRequest, 'runs'>;

describe('the curves of a run', () => {
  const curves = new RunCurves(['rednet', 'rednet-2']);
  for (const event of [batch('rednet-2', 1), batch('rednet', 1), batch('rednet', 2), epoch('rednet')])
    curves.add(event);

  it('come in the order of its models, whichever was trained first', () => {
    expect(curves.series('r', request).map(({ model, split, mark }) => [model, split, mark.count])).toEqual([
      ['rednet', 'train', 2],
      ['rednet', 'validation', 1],
      ['rednet-2', 'train', 1],
    ]);
  });

  it('are of its own models only, whatever its log says', () => {
    for (const model of ['resnet', 'toString', '__proto__']) {
      curves.add(batch(model, 1));
      curves.add(epoch(model));
    }
    const models = curves.series('r', request).map(({ model }) => model);
    expect([...new Set(models)]).toEqual(['rednet', 'rednet-2']);
  });
});

describe('what is new of the curves', () => {
  const plain = (series: readonly SeriesSnapshot[]) =>
    series.map(({ x, raw, smooth, ...rest }) => ({ ...rest, x: [...x], raw: [...raw], smooth: [...smooth] }));
  const whole = (curves: RunCurves, asked: Omit<SeriesRequest, 'runs'>) =>
    patched([], curves.series('r', { ...asked, known: {} }));

  /** Steps by so many at a time; whatever is asked for in between, and with it all that is known by then. */
  const growth = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 2, maxLength: 8 });
  const questions = fc.record({
    metrics: fc.constant(['loss', 'accuracy'] as const),
    axis: fc.constantFrom('batch', 'epoch'),
    from: fc.option(fc.integer({ min: 0, max: 400 })),
    to: fc.option(fc.integer({ min: 0, max: 400 })),
    width: fc.option(fc.integer({ min: 1, max: 30 })),
    smoothing: fc.constantFrom(0, 0.6),
  });

  it('makes of the old ones what would be sent whole', () => {
    fc.assert(
      fc.property(growth, questions, (counts, question) => {
        const curves = new RunCurves(['a', 'b']);
        let known: SeriesSnapshot[] = [];
        let step = 0;
        for (const count of counts) {
          for (let i = 0; i < count; i++) {
            step++;
            const loss = step % 17 === 3 ? null : (Math.sin(step * 12.9898) * 43758.5453) % 1;
            for (const model of step > 40 ? ['a', 'b'] : ['a']) {
              curves.add({ ...batch(model, step), loss });
              if (step % 50 === 0) curves.add({ ...epoch(model), epoch: step / 50, step });
            }
          }
          const asked = { ...question, known: marksOf(known) };
          known = patched(known, curves.series('r', asked));
          expect(plain(known)).toEqual(plain(whole(curves, asked)));
        }
      }),
    );
  });

  it('is little, whatever there is already', () => {
    const curves = new RunCurves(['a']);
    for (let step = 1; step <= 100_000; step++) curves.add(batch('a', step));
    const asked = { ...request, width: 500 };
    const known = whole(curves, asked);
    // In 391 stretches of 256, of a falling curve: the first and the last of each.
    expect(known[0]!.x.length).toBe(782);
    for (let step = 100_001; step <= 100_012; step++) curves.add(batch('a', step));
    const [news] = curves.series('r', { ...asked, known: marksOf(known) });
    // The last stretch is sent again.
    expect(news!.begin).toBe(99_840);
    expect(news!.x.length).toBeLessThanOrEqual(4);
    expect(news!.x.at(-1)).toBe(100_012);
  });

  it('is all where the log was read anew, and nothing where nothing came', () => {
    const [curves, again] = [new RunCurves(['a']), new RunCurves(['a'])];
    for (const each of [curves, again]) for (let step = 1; step <= 9; step++) each.add(batch('a', step));
    const known = whole(curves, request);
    const same = patched(known, curves.series('r', { ...request, known: marksOf(known) }));
    expect(same[0]).toBe(known[0]);
    const [news] = again.series('r', { ...request, known: marksOf(known) });
    expect(news!.begin).toBeNull();
    expect(news!.x.length).toBe(9);
  });
});
