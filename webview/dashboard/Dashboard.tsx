import * as l10n from '@vscode/l10n';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { isUnderWay } from '../../src/core/runs/lifecycle';
import type { TrainingState } from '../../src/core/runs/trainingState';
import { mayLag } from '../../src/core/training/validationLag';
import type { DashboardState } from '../../src/protocol/dashboard';
import { patched } from '../../src/protocol/seriesPatch';
import { LagHint } from '../shared/LagHint';
import { Opening } from '../shared/Opening';
import { messageOf } from '../shared/request';
import { Controls } from './Controls';
import { Elsewhere } from './Elsewhere';
import { Engine } from './Engine';
import { type Form, formOf, specOf } from './form';
import { Interruption } from './Interruption';
import { host, listen } from './link';
import { LiveChart } from './liveChart';
import { Metrics } from './Metrics';
import { useImages } from './models/images';
import { RunProgress } from './RunProgress';
import { TrainingForm } from './TrainingForm';

export function Dashboard() {
  return (
    <Opening host={host} failure={l10n.t("Couldn't load the training view.")}>
      {(initial) => <Loaded initial={initial} />}
    </Opening>
  );
}

function Loaded({ initial }: { initial: DashboardState }) {
  const [training, setTraining] = useState(initial.training);
  const [series, setSeries] = useState(initial.series);
  const [elsewhere, setElsewhere] = useState(initial.elsewhere);
  const [crash, setCrash] = useState(initial.crash);
  const [form, setForm] = useState(() => formOf(initial.form));
  const [expanded, setExpanded] = useState(initial.expanded);
  const [refusal, setRefusal] = useState('');
  // Before the next paint: what the host says in between would be lost.
  useLayoutEffect(() => {
    const ends = [
      listen('trainingState', setTraining),
      listen('series', (news) => setSeries((old) => patched(old, news))),
      listen('elsewhere', setElsewhere),
      listen('crashed', setCrash),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, []);

  const images = useImages(form);
  const answer = useMemo(() => specOf(form, images), [form, images]);
  const { spec } = answer;
  const change = (next: Form) => {
    setForm(next);
    const { spec } = specOf(next, images);
    if (spec) host.rememberForm(spec);
  };
  const unfold = (open: boolean) => {
    setExpanded(open);
    host.rememberUnfolded(open);
  };
  /** What the host refuses is said here, beside the button that asked. */
  const ask = (request: () => Promise<void>) => {
    setRefusal('');
    request().catch((error: unknown) => setRefusal(messageOf(error)));
  };

  const busy = isUnderWay(training.state) && crash === null;
  const begun = training.state !== 'idle';
  return (
    <main>
      <TrainingForm
        form={form}
        answer={answer}
        expanded={expanded}
        disabled={busy}
        onChange={change}
        onUnfold={unfold}
      />
      <Controls
        training={training}
        busy={busy}
        ready={spec !== null && initial.trusted}
        trusted={initial.trusted}
        refusal={refusal}
        onTrain={() => spec && ask(() => host.train(spec))}
        ask={ask}
      />
      <Interruption training={training} crash={crash} ask={ask} />
      {begun && (
        <section aria-label={l10n.t('Progress')}>
          <RunProgress training={training} crashed={crash !== null} />
          <Metrics models={training.models} metrics={training.metrics} />
          {lags(training) && <LagHint />}
          {series.length > 0 && (
            <LiveChart models={training.models} series={series} onOpen={() => host.openRun(null)} />
          )}
        </section>
      )}
      <Elsewhere runs={elsewhere} />
      <Engine training={training} onSelect={() => ask(() => host.selectEngine())} />
    </main>
  );
}

/** As it stands after the last epoch that was validated. */
const lags = ({ epoch, batches, metrics }: TrainingState): boolean =>
  Object.values(metrics).some(({ accuracy, valAccuracy }) =>
    mayLag((epoch - 1) * batches, accuracy, valAccuracy),
  );
