import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useRequest } from './request';
import { Failed, Working } from './states';

interface OpeningProps<State> {
  host: { ready(): Promise<State>; showLog(): unknown };
  /** What could not be done, if the host has no answer. */
  failure: string;
  children: (initial: State) => ComponentChildren;
}

/** A webview from its first moment: it asks the host what there is to show, and shows it. */
export function Opening<State>({ host, failure, children }: OpeningProps<State>) {
  const [first, { retry }] = useRequest('ready', () => host.ready());
  if (first.kind === 'working') return <Working text={l10n.t('Loading…')} />;
  if (first.kind === 'ready') return <>{children(first.value)}</>;
  const why = first.kind === 'failed' ? first.error : '';
  return <Failed what={failure} why={why} onRetry={retry} onShowLog={() => host.showLog()} />;
}
