import type { ModelCard, ModelId } from '../../src/core/network/model';
import type { Metric, SeriesPatch, SeriesRequest, SplitName } from '../../src/protocol/lab';
import { placeOf } from './models';

interface Ending {
  readonly loss: readonly [number, number];
  readonly accuracy: readonly [number, number];
  readonly rate: number;
}

/** Curves like those of real runs: what each model ends at, and how fast. */
function endingOf(model: ModelId): Ending {
  const place = placeOf(model);
  if (place === 0) return { loss: [2.3, 1.54], accuracy: [0.11, 0.462], rate: 0.22 };
  if (place === 1) return { loss: [2.28, 0.62], accuracy: [0.12, 0.782], rate: 0.16 };
  return { loss: [2.3, 1.6 - 0.09 * place], accuracy: [0.1, 0.42 + 0.03 * place], rate: 0.12 + 0.01 * place };
}
export const batchesPerEpoch = 196;

/** A seeded generator, so that two screenshots of one story are equal. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function curve(
  request: Pick<SeriesRequest, 'axis' | 'smoothing'>,
  metric: Metric,
  run: string,
  model: ModelId,
  split: SplitName,
  epochs: number,
): SeriesPatch {
  const { axis, smoothing } = request;
  const perEpoch = split === 'validation' || axis === 'epoch';
  const count = perEpoch ? epochs : epochs * batchesPerEpoch;
  const random = generator(run.length * 7 + model.length + (metric === 'loss' ? 1 : 2) + (perEpoch ? 10 : 0));
  const x = new Float64Array(count);
  const raw = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const epoch = perEpoch ? i + 1 : (i + 1) / batchesPerEpoch;
    x[i] = axis === 'epoch' ? epoch : Math.round(epoch * batchesPerEpoch);
    raw[i] = value(metric, model, split, epoch, run) + (random() - 0.5) * (perEpoch ? 0.012 : 0.12);
  }
  const mark = { reading: 'story', stretch: 0, count };
  return { run, model, split, metric, begin: null, x, raw, smooth: smoothed(raw, smoothing), mark };
}

function value(metric: Metric, model: ModelId, split: SplitName, epoch: number, run: string): number {
  const { rate, ...ends } = endingOf(model);
  const [from, to] = ends[metric];
  const shift = run.endsWith('2') ? 0.93 : 1;
  const fit = to * shift + (from - to * shift) * Math.exp(-rate * epoch);
  const gap = split === 'validation' && model === 'convolution' ? 0.012 * Math.max(0, epoch - 6) : 0;
  return metric === 'loss' ? fit + gap * 1.5 : fit - gap * 0.45;
}

/** Debiased, as TensorBoard does. */
function smoothed(raw: Float32Array, weight: number): Float32Array {
  if (weight === 0) return raw;
  let last = 0;
  return raw.map((y, i) => {
    last = last * weight + (1 - weight) * y;
    return last / (1 - weight ** (i + 1));
  });
}

export function allCurves(
  request: SeriesRequest,
  epochs: Record<string, number>,
  models: readonly ModelCard[],
): SeriesPatch[] {
  const all: SeriesPatch[] = [];
  for (const run of request.runs)
    for (const { id: model } of models)
      for (const split of ['train', 'validation'] as const)
        for (const metric of request.metrics)
          all.push(window_(curve(request, metric, run, model, split, epochs[run] ?? 20), request));
  return all;
}

/** The part that was asked for, thinned to a few points a pixel. */
function window_(s: SeriesPatch, { from, to, width }: SeriesRequest): SeriesPatch {
  const inside = Array.from(s.x.keys()).filter(
    (i) => (from === null || s.x[i]! >= from) && (to === null || s.x[i]! <= to),
  );
  const every = width === null ? 1 : Math.max(1, Math.ceil(inside.length / width));
  const kept = inside.filter((_, k) => k % every === 0 || k === inside.length - 1);
  return {
    ...s,
    x: Float64Array.from(kept, (i) => s.x[i]!),
    raw: Float32Array.from(kept, (i) => s.raw[i]!),
    smooth: Float32Array.from(kept, (i) => s.smooth[i]!),
  };
}
