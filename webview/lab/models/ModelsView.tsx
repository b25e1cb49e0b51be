import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import { useRequest } from '../../shared/request';
import { Answer } from '../Answer';
import { useExports } from '../context';
import { host } from '../link';
import { useRunChoice } from '../useRunChoice';
import { Comparison } from './Comparison';
import { SummaryTable } from './SummaryTable';

export function ModelsView() {
  const [run, picker] = useRunChoice();
  const [request, controls] = useRequest(run.id, () => host.summaries(run.id));
  const models = request.kind === 'ready' ? request.value : null;
  useExports(
    'models',
    useMemo(() => {
      if (!models) return [];
      const text = models.map(({ network }) => network.text).join('\n\n');
      return [{ label: l10n.t('Copy Summaries as Text'), onSelect: () => void host.copy(text) }];
    }, [models]),
  );
  return (
    <>
      {picker && <div class="toolbar">{picker}</div>}
      <Answer
        section="models"
        request={request}
        controls={controls}
        doing={l10n.t('Building the networks…')}
        failure={l10n.t("Couldn't summarise the networks.")}
      >
        {(models) => (
          <>
            <Comparison run={run.id} models={models} />
            <div class="summaries">
              {models.map((each) => (
                <SummaryTable key={each.model.id} run={run.id} summary={each} />
              ))}
            </div>
          </>
        )}
      </Answer>
    </>
  );
}
