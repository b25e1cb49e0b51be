import type { ModelId } from '../core/network/model';
import type { RunEvent } from '../core/runs/events';
import { decimate, Series } from '../core/runs/series';
import type { Metric, SeriesRequest, SeriesSnapshot, SplitName, StepAxis } from '../protocol/lab';

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
  snapshots(run: string, request: Omit<SeriesRequest, 'runs'>): SeriesSnapshot[] {
    const place = ({ model }: Curve) => this.models.indexOf(model);
    return [...this.#curves.values()]
      .filter(({ metric, axis }) => metric === request.metric && axis === request.axis)
      .sort((a, b) => place(a) - place(b))
      .map((curve) => snapshot(run, curve, request));
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

/** Smoothed over the whole curve, then thinned: the smooth line does not depend on the zoom. */
function snapshot(
  run: string,
  { model, split, metric, series }: Curve,
  { from, to, width, smoothing }: Omit<SeriesRequest, 'runs'>,
): SeriesSnapshot {
  const [x, y, smooth] = [series.x, series.y, series.smooth(smoothing)];
  const chosen = decimate(x, y, from ?? -Infinity, to ?? Infinity, width ?? Infinity);
  return {
    run,
    model,
    split,
    metric,
    x: Float64Array.from(chosen, (index) => x[index]!),
    raw: Float32Array.from(chosen, (index) => y[index]!),
    smooth: Float32Array.from(chosen, (index) => smooth[index]!),
    count: series.length,
  };
}
