import * as l10n from '@vscode/l10n';
import type { RunElsewhere } from '../../src/protocol/dashboard';
import { Icon } from '../shared/toolkit';
import { host } from './link';
import { LiveChart } from './liveChart';
import { Metrics } from './Metrics';
import { RunProgress } from './RunProgress';

/** So many are drawn: the Runs view has all of them. */
const mostDrawn = 3;

/** The runs that another window or a terminal trains: followed as they go on, without buttons that could do nothing. */
export function Elsewhere({ runs }: { runs: readonly RunElsewhere[] }) {
  const left = runs.length - mostDrawn;
  return (
    <>
      {runs.slice(0, mostDrawn).map(({ id, name, trainer, training, series }) => (
        <section key={id} class="elsewhere" aria-label={l10n.t('{0}, trained elsewhere', name)}>
          <p>
            <Icon name="broadcast" /> <strong>{name}</strong>
          </p>
          <p class="quiet">
            {l10n.t('Trained in another window or a terminal ({0}). Pause or stop it there.', trainer)}
          </p>
          <RunProgress training={training} crashed={false} />
          <Metrics models={training.models} metrics={training.metrics} />
          {series.length > 0 && (
            <LiveChart models={training.models} series={series} onOpen={() => host.openRun(id)} />
          )}
        </section>
      ))}
      {left > 0 && <p class="quiet">{l10n.t('{0} more are trained elsewhere; see Runs.', left)}</p>}
    </>
  );
}
