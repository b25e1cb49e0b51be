import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import { useRequest } from '../../shared/request';
import { Answer } from '../Answer';
import { useExports } from '../context';
import { host } from '../link';
import { useRunChoice } from '../useRunChoice';
import { Comparison } from './Comparison';
import './models.css';
import { SummaryTable } from './SummaryTable';

export function ModelsView() {
  const [run, picker] = useRunChoice();
  const [request, controls] = useRequest(run.id, () => host.summaries(run.id));
  const models = request.kind === 'ready' ? request.value : null;
  useExports(
    'models',
    useMemo(() => {
      if (!models) return [];
      const text = models.map((model) => model.text).join('\n\n');
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
            <Comparison models={models} />
            <div class="summaries">
              {models.map((model) => (
                <SummaryTable key={model.name} model={model} />
              ))}
            </div>
          </>
        )}
      </Answer>
    </>
  );
}
