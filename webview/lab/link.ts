import { useLayoutEffect, useState } from 'preact/hooks';
import type { LabHost, LabSection, LabView } from '../../src/protocol/lab';
import type { Progress } from '../../src/protocol/worker';
import { connect } from '../shared/rpc';

export const { host, listen } = connect<LabHost, LabView>({ runsChanged: true, progress: true, show: true }, [
  'summaries',
  'evaluation',
  'validationImages',
  'dataPreview',
  'chooseDataFolder',
  'openKernels',
  'kernelMap',
  'pickImages',
  'trainFirst',
  'resume',
  'exportModel',
  'save',
]);

/** The latest progress that the host reports for a section. */
export function useProgress(section: LabSection): Progress | null {
  const [progress, setProgress] = useState<Progress | null>(null);
  // Before it is painted: what is seen to work is already heard.
  useLayoutEffect(() => listen('progress', (of, news) => of === section && setProgress(news)), [section]);
  return progress;
}
