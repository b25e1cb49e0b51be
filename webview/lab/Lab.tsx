import * as l10n from '@vscode/l10n';
import type { ComponentType } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import {
  type LabSection,
  type LabState,
  type LabSubject,
  labSections,
  type RunCard,
} from '../../src/protocol/lab';
import { looksOf } from '../shared/chart/palette';
import { later } from '../shared/later';
import type { MenuItem } from '../shared/Menu';
import { Opening } from '../shared/Opening';
import { messageOf } from '../shared/request';
import { vscode } from '../shared/rpc';
import { Empty, Working } from '../shared/states';
import { Tabs } from '../shared/Tabs';
import { type LabContext, LabProvider, useLab } from './context';
import { Header } from './Header';
import { host, listen } from './link';
import { optionsFrom } from './options';

export function Lab() {
  return (
    <Opening host={host} failure={l10n.t("Couldn't open this run.")}>
      {(initial) => <Panel initial={initial} />}
    </Opening>
  );
}

function Panel({ initial }: { initial: LabState }) {
  const [subject, setSubject] = useState(initial.subject);
  const [shown, setShown] = useState<readonly RunCard[]>(initial.shown);
  const [others, setOthers] = useState<readonly RunCard[]>(initial.others);
  const [options, setAllOptions] = useState(() => optionsFrom(vscode.getState(), initial.preferences));
  const [unlisted, setUnlisted] = useState(initial.unlisted);
  const [isAwaited, setAwaited] = useState(initial.isAwaited);
  const [refusal, setRefusal] = useState('');
  const [dataVersion, setDataVersion] = useState(0);
  const [learned, setLearned] = useState(initial.learned);
  const [exports, setExports] = useState<Partial<Record<LabSection, readonly MenuItem[]>>>({});

  const receive = useCallback((state: LabState) => {
    setSubject((old) => ({ ...state.subject, section: old.section }));
    setShown(state.shown);
    setOthers(state.others);
    setUnlisted(state.unlisted);
    setAwaited(state.isAwaited);
  }, []);
  /** What the host refuses is said; what is on screen stays. */
  const ask = useCallback((request: () => Promise<void>) => {
    setRefusal('');
    request().catch((error: unknown) => setRefusal(messageOf(error)));
  }, []);
  // Before the first paint: no event after the first answer is missed.
  useLayoutEffect(() => listen('runsChanged', setShown), []);
  useLayoutEffect(
    () =>
      listen('show', (next) => {
        setSubject(next);
        ask(async () => receive(await host.ready()));
      }),
    [ask, receive],
  );

  // VS Code keeps the state for the next time the panel is shown; the host keeps the subject.
  useEffect(() => {
    vscode.setState({ ...subject, options });
  }, [subject, options]);
  const remember = useCallback(
    (next: LabSubject) => {
      setSubject(next);
      ask(() => host.remember(next));
    },
    [ask],
  );

  const setOptions = useCallback<LabContext['setOptions']>(
    (change) => setAllOptions((old) => ({ ...old, ...change })),
    [],
  );
  const offer = useCallback<LabContext['offer']>(
    (section, items) => setExports((old) => ({ ...old, [section]: items })),
    [],
  );
  const lab = useMemo<LabContext>(
    () => ({
      subject,
      shown,
      all: [...shown, ...others],
      lookOf: looksOf(shown),
      options,
      setOptions,
      setImages: (images) => remember({ ...subject, images }),
      dataVersion,
      refreshData: () => setDataVersion((old) => old + 1),
      learned,
      setLearned: (next) => {
        setLearned(next);
        ask(() => host.rememberLearned([...next]));
      },
      setRefusal,
      offer,
    }),
    [subject, shown, others, options, setOptions, remember, dataVersion, learned, ask, offer],
  );

  const setRuns = (runs: string[]) => ask(async () => receive(await host.setRuns(runs)));
  const tabs = labSections.map((id) => ({ id, label: sectionLabel(id) }));
  return (
    <LabProvider value={lab}>
      <Header
        exports={exports[subject.section] ?? []}
        onRuns={setRuns}
        unlisted={unlisted}
        refusal={refusal}
        onRefresh={() => ask(async () => receive(await host.ready()))}
      />
      <Tabs
        label={l10n.t('Sections')}
        tabs={tabs}
        selected={subject.section}
        onSelect={(section) => remember({ ...subject, section })}
      />
      {labSections.map((section) => (
        <SectionPanel
          key={section}
          section={section}
          selected={section === subject.section}
          isAwaited={isAwaited}
        />
      ))}
    </LabProvider>
  );
}

/** Loaded and drawn at the first visit, and then kept: a section that is left keeps what it has worked out. */
function SectionPanel({
  section,
  selected,
  isAwaited,
}: {
  section: LabSection;
  selected: boolean;
  isAwaited: boolean;
}) {
  const { subject, shown } = useLab();
  const [visited, setVisited] = useState(selected);
  if (selected && !visited) setVisited(true);
  const View = views[section];
  const drawable = shown.length > 0 || section === 'kernels' || section === 'learn';
  return (
    <div
      class={`section ${section}`}
      role="tabpanel"
      id={`panel-${section}`}
      aria-labelledby={`tab-${section}`}
      hidden={!selected}
    >
      {visited &&
        (drawable ? <View active={selected} /> : <NoRun wanted={subject.runs} isAwaited={isAwaited} />)}
    </div>
  );
}

const views: Record<LabSection, ComponentType<{ active: boolean }>> = {
  charts: later(host, async () => (await import('./charts/ChartsView')).ChartsView),
  models: later(host, async () => (await import('./models/ModelsView')).ModelsView),
  kernels: later(host, async () => (await import('./kernels/KernelsView')).KernelsView),
  evaluation: later(host, async () => (await import('./evaluation/EvaluationView')).EvaluationView),
  data: later(host, async () => (await import('./data/DataSetView')).DataSetView),
  learn: later(host, async () => (await import('./learn/LearnView')).LearnView),
};

function NoRun({ wanted, isAwaited }: { wanted: readonly string[]; isAwaited: boolean }) {
  if (isAwaited) return <Working text={l10n.t('Preparing the training')} />;
  if (wanted.length > 0) {
    return (
      <Empty>
        {l10n.t('{0} is not there any more: the folder of the run was deleted or moved.', wanted.join(', '))}
      </Empty>
    );
  }
  return (
    <Empty action={l10n.t('Train a Model')} onAction={() => host.trainFirst()}>
      {l10n.t('There is no run to show yet.')}
    </Empty>
  );
}

const sectionLabel = (section: LabSection): string =>
  ({
    charts: l10n.t('Charts'),
    models: l10n.t('Models'),
    kernels: l10n.t('Kernels'),
    evaluation: l10n.t('Evaluation'),
    data: l10n.t('Data'),
    learn: l10n.t('Learn'),
  })[section];
