import * as l10n from '@vscode/l10n';
import type { ComponentType } from 'preact';
import { useRequest } from './request';
import { Failed, Working } from './states';

/** A component of a chunk of its own, which is loaded when the component is first drawn. */
export function later<Props extends object>(
  host: { showLog(): unknown },
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  return function Later(props: Props) {
    const [loaded, { retry }] = useRequest('', load);
    switch (loaded.kind) {
      case 'working':
        return (
          <div class="soon">
            <Working text={l10n.t('Loading…')} />
          </div>
        );
      case 'ready':
        return <loaded.value {...props} />;
      default:
        return (
          <Failed
            what={l10n.t("Couldn't load this part of the page.")}
            why={loaded.kind === 'failed' ? loaded.error : ''}
            onRetry={retry}
            onShowLog={() => host.showLog()}
          />
        );
    }
  };
}
