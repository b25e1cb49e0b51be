import { useLayoutEffect, useState } from 'preact/hooks';
import type { LabSection } from '../../src/protocol/lab';
import type { LabHost, LabView } from '../../src/protocol/labCalls';
import type { Progress } from '../../src/protocol/worker';
import { connect } from '../shared/rpc';

export const { host, listen } = connect<LabHost, LabView>();

/** The latest progress that the host reports for a section. */
export function useProgress(section: LabSection): Progress | null {
  const [progress, setProgress] = useState<Progress | null>(null);
  // Before it is painted: what is seen to work is already heard.
  useLayoutEffect(() => listen('progress', (of, news) => of === section && setProgress(news)), [section]);
  return progress;
}
