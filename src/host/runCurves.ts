import { randomUUID } from 'node:crypto';
import type { ModelId } from '../core/network/model';
import type { RunEvent } from '../core/runs/events';
import { decimate, lowerBound, Series, stretchFor, stretchStart, windowOf } from '../core/runs/series';
import type { Metric, SeriesMark, SeriesPatch, SeriesRequest, SplitName, StepAxis } from '../protocol/lab';
import { seriesKey } from '../protocol/seriesPatch';

interface Curve {
  readonly model: ModelId;
  readonly split: SplitName;
  readonly metric: Metric;
  readonly axis: StepAxis;
  readonly series: Series;
}

/**
 * The curves of one run, column by column. By batch, x counts optimizer steps (validation then lies at the step that ended
 * its epoch); by epoch, x counts epochs.
 */
export class RunCurves {
  readonly #reading = randomUUID();
  readonly #curves = new Map<string, Curve>();

  /** Events of models that the run does not have are not its own: a log may come from anywhere. */
  constructor(private readonly models: readonly ModelId[]) {}

  add(event: RunEvent): void {
    if (!('model' in event) || !this.models.includes(event.model)) return;
    if (event.type === 'batch') {
      this.#push(event.model, 'train', 'batch', event.step, event.loss, event.accuracy);
    } else if (event.type === 'epoch') {
      this.#push(event.model, 'train', 'epoch', event.epoch, event.loss, event.accuracy);
      this.#push(event.model, 'validation', 'epoch', event.epoch, event.valLoss, event.valAccuracy);
      this.#push(event.model, 'validation', 'batch', event.step, event.valLoss, event.valAccuracy);
    }
  }

  /** What is asked for, model by model in the run's order, thinned to the width that it will be drawn in. */
  series(run: string, request: Omit<SeriesRequest, 'runs'>): SeriesPatch[] {
    const place = ({ model }: Curve) => this.models.indexOf(model);
    return [...this.#curves.values()]
      .filter(({ metric, axis }) => request.metrics.includes(metric) && axis === request.axis)
      .sort((a, b) => place(a) - place(b))
      .map((curve) => this.#patch(run, curve, request));
  }

  /** Smoothed over the whole curve, then thinned: the smooth line does not depend on the zoom. */
  #patch(
    run: string,
    { model, split, metric, series }: Curve,
    { from, to, width, smoothing, known }: Omit<SeriesRequest, 'runs'>,
  ): SeriesPatch {
    const [x, y, smooth] = [series.x, series.y, series.smooth(smoothing)];
    const window = windowOf(x, from ?? -Infinity, to ?? Infinity);
    const stretch = width === null ? 0 : stretchFor(x, window, width);
    const mark: SeriesMark = { reading: this.#reading, stretch, count: series.length };
    const name = { run, model, split, metric };
    const begin = changedFrom(x, known[seriesKey(name)], mark);
    const first = begin === null ? window.begin : Math.max(window.begin, lowerBound(x, begin));
    const chosen = decimate(x, y, { begin: first, end: window.end }, stretch);
    return {
      ...name,
      mark,
      begin,
      x: Float64Array.from(chosen, (index) => x[index]!),
      raw: Float32Array.from(chosen, (index) => y[index]!),
      smooth: Float32Array.from(chosen, (index) => smooth[index]!),
    };
  }

  #push(
    model: ModelId,
    split: SplitName,
    axis: StepAxis,
    x: number,
    loss: number | null,
    accuracy: number | null,
  ): void {
    this.#curve(model, split, axis, 'loss').push(x, loss);
    this.#curve(model, split, axis, 'accuracy').push(x, accuracy);
  }

  #curve(model: ModelId, split: SplitName, axis: StepAxis, metric: Metric): Series {
    const key = `${model} ${split} ${axis} ${metric}`;
    let curve = this.#curves.get(key);
    if (!curve) {
      curve = { model, split, axis, metric, series: new Series() };
      this.#curves.set(key, curve);
    }
    return curve.series;
  }
}

/** Points have only been added since: what was not yet whole then is the stretch of the last one. Null: all may be new. */
function changedFrom(x: Float64Array, known: SeriesMark | undefined, now: SeriesMark): number | null {
  if (known?.reading !== now.reading || known.stretch !== now.stretch) return null;
  const last = x[known.count - 1];
  return last === undefined ? null : stretchStart(last, now.stretch);
}
