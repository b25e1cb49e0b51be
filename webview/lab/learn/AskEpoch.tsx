import * as l10n from '@vscode/l10n';
import { useMemo, useState } from 'preact/hooks';
import type { SeriesSnapshot } from '../../../src/protocol/lab';
import { cssColor } from '../../shared/chart/palette';
import { decimal, integer, metric } from '../../shared/format';
import { useRequest } from '../../shared/request';
import { Button } from '../../shared/toolkit';
import { Answer } from '../Answer';
import { useLab } from '../context';
import { host } from '../link';
import { useModelChoice } from '../useModelChoice';
import { useRunChoice } from '../useRunChoice';
import { Ask } from './Ask';
import type { EpochCurve, Step, Verdict } from './step';

type EpochStep = Extract<Step, { points: 'epoch' }>;

export function AskEpoch({ step, onVerdict }: { step: EpochStep; onVerdict: (verdict: Verdict) => void }) {
  const [run, runPicker] = useRunChoice();
  const { lookOf } = useLab();
  const [model, modelPicker] = useModelChoice(run);
  const [request, controls] = useRequest(`${run.id}/${run.state}`, () =>
    host.series({
      ...{ runs: [run.id], metrics: ['accuracy'], axis: 'epoch', from: null, to: null, width: null },
      smoothing: 0,
      known: {},
    }),
  );
  return (
    <Answer
      section="learn"
      request={request}
      controls={controls}
      doing={l10n.t('Reading the event log…')}
      failure={l10n.t("Couldn't read the run's event log.")}
    >
      {(series) => (
        <Bars
          key={`${run.id}/${model.id}`}
          step={step}
          curve={curveOf(series, model.id)}
          color={lookOf(run.id, model.id).color}
          choices={
            <>
              {runPicker}
              {modelPicker}
            </>
          }
          onVerdict={onVerdict}
        />
      )}
    </Answer>
  );
}

function curveOf(series: readonly SeriesSnapshot[], model: string): EpochCurve {
  const found = series.find((each) => each.model === model && each.split === 'validation');
  return { epochs: [...(found?.x ?? [])].map(Math.round), accuracy: [...(found?.raw ?? [])] };
}

interface BarsProps {
  step: EpochStep;
  curve: EpochCurve;
  color: string;
  choices: preact.ComponentChildren;
  onVerdict: (verdict: Verdict) => void;
}

/** Bars of more epochs have no room for words. */
const mostInWords = 16;

/** A bar for each epoch, as high as its accuracy; each is a button. */
function Bars({ step, curve, color, choices, onVerdict }: BarsProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const asked = useMemo(() => step.ask(curve), [step, curve]);
  const verdict = 'check' in asked && chosen !== null ? asked.check(chosen) : null;
  const point = (epoch: number) => {
    setChosen(epoch);
    if ('check' in asked) onVerdict(asked.check(epoch));
  };
  const inWords = curve.epochs.length <= mostInWords;
  const highest = Math.max(1e-9, ...curve.accuracy);
  return (
    <Ask asked={asked} verdict={verdict} controls={choices}>
      {'check' in asked ? (
        <div class={`epoch-bars num ${inWords ? 'worded' : ''}`}>
          {curve.epochs.map((epoch, i) => (
            <button
              key={epoch}
              type="button"
              aria-pressed={epoch === chosen}
              aria-label={l10n.t('epoch {0}: {1}', epoch, metric(curve.accuracy[i]!))}
              title={l10n.t('epoch {0}: {1}', epoch, metric(curve.accuracy[i]!))}
              onClick={() => point(epoch)}
            >
              {inWords && <span>{decimal(curve.accuracy[i]!, 3)}</span>}
              <span
                class="bar-of-epoch"
                style={{
                  flexGrow: curve.accuracy[i]! / highest,
                  background: cssColor({ color }),
                }}
              />
              {inWords && <span class="quiet">{integer(epoch)}</span>}
            </button>
          ))}
        </div>
      ) : (
        <Button appearance="primary" onClick={() => host.trainFirst()}>
          {l10n.t('Train a Model')}
        </Button>
      )}
    </Ask>
  );
}
