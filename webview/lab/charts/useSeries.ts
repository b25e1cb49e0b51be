import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeriesRequest } from '../../../src/protocol/lab';
import { messageOf, type Request } from '../../shared/request';
import { host, listen } from '../link';
import { metrics, type SeriesByMetric } from './seriesByMetric';

/**
 * The series of both metrics, asked for again whenever the question or a shown run changes: at most once a frame, one
 * question at a time, and never while the charts are hidden. The old answer stays until the new one is there.
 */
export function useSeries(
  question: Omit<SeriesRequest, 'metric'>,
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
  question: Omit<SeriesRequest, 'metric'> | null = null;
  active = false;
  #frame = 0;
  #inFlight = false;
  #stale = false;

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
      const [loss, accuracy] = await Promise.all(
        metrics.map((metric) => host.series({ ...question, metric })),
      );
      this.publish({ kind: 'ready', value: { loss: loss!, accuracy: accuracy! } });
    } catch (error) {
      this.publish({ kind: 'failed', error: messageOf(error), ways: [] });
    } finally {
      this.#inFlight = false;
      if (this.#stale) this.ask();
    }
  }
}
