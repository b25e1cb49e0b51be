import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeriesRequest, SeriesSnapshot } from '../../../src/protocol/lab';
import { marksOf, patched } from '../../../src/protocol/seriesPatch';
import { messageOf, type Request } from '../../shared/request';
import { host, listen } from '../link';
import { metrics, type SeriesByMetric } from './seriesByMetric';

type Question = Omit<SeriesRequest, 'metrics' | 'known'>;

/**
 * The series of both metrics, asked for again whenever the question or a shown run changes: at most once a frame, one
 * question at a time, and never while the charts are hidden. Of an answer to the same question only what is new is sent.
 * The old answer stays until the new one is there.
 */
export function useSeries(
  question: Question,
  active: boolean,
): readonly [Request<SeriesByMetric>, () => void] {
  const [request, setRequest] = useState<Request<SeriesByMetric>>({ kind: 'working' });
  const loop = useRef<Loop | null>(null);
  loop.current ??= new Loop(setRequest);
  loop.current.question = question;
  loop.current.active = active;
  const ask = loop.current.ask;

  const key = JSON.stringify(question);
  // Any change of these is a reason to ask.
  useEffect(ask, [ask, key, active]);
  useLayoutEffect(() => listen('runsChanged', ask), [ask]);
  useEffect(() => () => loop.current?.stop(), []);
  return [request, ask];
}

/** Single flight, coalesced to frames. */
class Loop {
  question: Question | null = null;
  active = false;
  #frame = 0;
  #inFlight = false;
  #stale = false;
  /** The latest answer, and the question that it answers. */
  #series: readonly SeriesSnapshot[] = [];
  #answered = '';

  constructor(private readonly publish: (request: Request<SeriesByMetric>) => void) {}

  readonly ask = (): void => {
    if (this.#inFlight) this.#stale = true;
    else if (!this.#frame) this.#frame = requestAnimationFrame(() => void this.#run());
  };

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.active = false;
  }

  async #run(): Promise<void> {
    this.#frame = 0;
    const { question } = this;
    if (!this.active || !question?.width) return;
    this.#inFlight = true;
    this.#stale = false;
    try {
      await this.#answer(question);
    } catch (error) {
      this.#answered = '';
      this.publish({ kind: 'failed', error: messageOf(error), ways: [] });
    } finally {
      this.#inFlight = false;
      if (this.#stale) this.ask();
    }
  }

  async #answer(question: Question): Promise<void> {
    const key = JSON.stringify(question);
    const before = key === this.#answered ? this.#series : [];
    const news = await host.series({ ...question, metrics: [...metrics], known: marksOf(before) });
    const series = patched(before, news);
    const isSame = key === this.#answered && isEqual(series, before);
    this.#series = series;
    this.#answered = key;
    if (!isSame) this.publish({ kind: 'ready', value: byMetric(series) });
  }
}

const isEqual = (a: readonly SeriesSnapshot[], b: readonly SeriesSnapshot[]) =>
  a.length === b.length && a.every((each, i) => each === b[i]);

const byMetric = (series: readonly SeriesSnapshot[]): SeriesByMetric => ({
  loss: series.filter(({ metric }) => metric === 'loss'),
  accuracy: series.filter(({ metric }) => metric === 'accuracy'),
});
