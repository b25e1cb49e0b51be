import * as l10n from '@vscode/l10n';
import { useMemo, useState } from 'preact/hooks';
import type { Evaluation } from '../../../src/core/evaluation/evaluation';
import { classTitle, modelTitle } from '../../shared/names';
import { useRequest } from '../../shared/request';
import { Answer } from '../Answer';
import { useLab } from '../context';
import { ConfusionMatrix } from '../evaluation/ConfusionMatrix';
import type { Cell } from '../evaluation/predictions';
import { host } from '../link';
import { useModelChoice } from '../useModelChoice';
import { useRunChoice } from '../useRunChoice';
import { Ask } from './Ask';
import type { Step, Verdict } from './step';

type CellStep = Extract<Step, { points: 'cell' }>;

export function AskCell({ step, onVerdict }: { step: CellStep; onVerdict: (verdict: Verdict) => void }) {
  const [run, runPicker] = useRunChoice();
  const { lookOf, dataVersion } = useLab();
  const [model, modelPicker] = useModelChoice(run);
  const key = `${run.id}/${model.id}/${dataVersion}`;
  const [request, controls] = useRequest(key, () => host.evaluation(run.id, model.id, 'learn'));
  return (
    <Answer
      section="learn"
      request={request}
      controls={controls}
      doing={l10n.t('Evaluating on the validation images…')}
      failure={l10n.t("Couldn't evaluate the {0} network.", modelTitle(model))}
      run={run.id}
    >
      {(evaluation) => (
        <Matrix
          key={key}
          step={step}
          evaluation={evaluation}
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

interface MatrixProps {
  step: CellStep;
  evaluation: Evaluation;
  color: string;
  choices: preact.ComponentChildren;
  onVerdict: (verdict: Verdict) => void;
}

function Matrix({ step, evaluation, color, choices, onVerdict }: MatrixProps) {
  const [cell, setCell] = useState<Cell | null>(null);
  const inWords = useMemo(
    () => ({ ...evaluation, classes: evaluation.classes.map(classTitle) }),
    [evaluation],
  );
  const asked = useMemo(() => step.ask(inWords), [step, inWords]);
  const verdict = 'check' in asked && cell ? asked.check(cell) : null;
  const point = (next: Cell) => {
    setCell(next);
    if ('check' in asked) onVerdict(asked.check(next));
  };
  return (
    <Ask asked={asked} verdict={verdict} controls={choices}>
      <ConfusionMatrix evaluation={inWords} color={color} selected={cell} onSelect={point} />
    </Ask>
  );
}
