import type { ComponentChildren } from 'preact';
import type { LabSection } from '../../src/protocol/lab';
import type { Request, RequestControls } from '../shared/request';
import { Cancelled, Failed, Working } from '../shared/states';
import { host, useProgress } from './link';
import { DataWays } from './RunData';

interface AnswerProps<T> {
  section: LabSection;
  request: Request<T>;
  controls: RequestControls;
  /** What is being done, and what to say when it can't be. */
  doing: string;
  failure: string;
  /** Whose data is asked about, if any's. */
  run?: string | null;
  children: (value: T) => ComponentChildren;
}

/** What the host answers to a section's request, or how far it is: working, cancelled, failed. */
export function Answer<T>({ section, request, controls, doing, failure, run, children }: AnswerProps<T>) {
  const progress = useProgress(section);
  switch (request.kind) {
    case 'working': {
      const cancel = () => {
        controls.abandon();
        host.cancel(section);
      };
      return <Working progress={progress} text={doing} onCancel={cancel} />;
    }
    case 'cancelled':
      return <Cancelled onRetry={controls.retry} />;
    case 'failed':
      return (
        <Failed what={failure} why={request.error} onRetry={controls.retry} onShowLog={() => host.showLog()}>
          {run && <DataWays run={run} ways={request.ways} />}
        </Failed>
      );
    case 'ready':
      return <>{children(request.value)}</>;
  }
}
