import * as l10n from '@vscode/l10n';
import { useMemo, useState } from 'preact/hooks';
import type { Evaluation } from '../../../src/core/evaluation/evaluation';
import type { RunCard } from '../../../src/protocol/lab';
import { fileName } from '../../shared/fileName';
import { metric } from '../../shared/format';
import { classTitle, modelTitle } from '../../shared/names';
import { useRequest } from '../../shared/request';
import { Answer } from '../Answer';
import { useExports, useLab } from '../context';
import { host } from '../link';
import { DataChange } from '../RunData';
import { useModelChoice } from '../useModelChoice';
import { useRunChoice } from '../useRunChoice';
import { ConfusionMatrix } from './ConfusionMatrix';
import { Examples } from './Examples';
import { PerClass } from './PerClass';
import { type Cell, imagesOf } from './predictions';
import { StandingsTable } from './StandingsTable';

/** More models of runs than these are a table to choose from. */
const mostPicked = 2;

export function EvaluationView() {
  const [run, runPicker, chooseRun] = useRunChoice();
  const [card, modelPicker, chooseModel] = useModelChoice(run);
  const model = card.id;
  const { dataVersion, shown } = useLab();
  const isMany = shown.reduce((count, { models }) => count + models.length, 0) > mostPicked;
  const key = `${run.id}/${model}/${dataVersion}`;
  const [request, controls] = useRequest(key, () => host.evaluation(run.id, model, 'evaluation'));
  const evaluation = request.kind === 'ready' ? request.value : null;
  useExports(
    'evaluation',
    useMemo(
      () =>
        evaluation
          ? [{ label: l10n.t('Evaluation as JSON…'), onSelect: () => void saveJson(run, evaluation) }]
          : [],
      [run, evaluation],
    ),
  );
  return (
    <>
      {isMany && (
        <StandingsTable
          run={run}
          model={model}
          onChoose={(chosenRun, chosenModel) => {
            chooseRun(chosenRun);
            chooseModel(chosenModel);
          }}
        />
      )}
      <div class="toolbar">
        {isMany ? <strong>{titleOf(run, card, shown.length)}</strong> : [runPicker, modelPicker]}
        {evaluation && (
          <span class="num">
            {l10n.t(
              'epoch {0} · accuracy {1} · loss {2}',
              ...[evaluation.epoch, metric(evaluation.accuracy), metric(evaluation.loss)],
            )}
          </span>
        )}
      </div>
      {evaluation?.missing && <p role="status">{evaluation.missing}</p>}
      {evaluation && <DataChange change={evaluation.dataChange} />}
      <Answer
        section="evaluation"
        request={request}
        controls={controls}
        doing={l10n.t('Evaluating on the validation images…')}
        failure={l10n.t("Couldn't evaluate the {0} network.", modelTitle(card))}
        run={run.id}
      >
        {(evaluation) => <Loaded key={key} run={run} evaluation={inWords(evaluation)} />}
      </Answer>
    </>
  );
}

function Loaded({ run, evaluation }: { run: RunCard; evaluation: Evaluation }) {
  const [cell, setCell] = useState<Cell | null>(null);
  const { lookOf } = useLab();
  const { classes, mistakes, labels } = evaluation;
  const { color } = lookOf(run.id, evaluation.model);
  const ofCell = cell ? imagesOf(evaluation, cell) : [];
  return (
    <div class="two-columns">
      <section>
        <ConfusionMatrix evaluation={evaluation} color={color} selected={cell} onSelect={setCell} />
        <PerClass evaluation={evaluation} color={color} />
      </section>
      <section>
        {cell && (
          <Examples
            title={l10n.t('{0} taken for {1}', classes[cell.label]!, classes[cell.predicted]!)}
            run={run.id}
            examples={ofCell.map((index) => ({ index, caption: classes[labels[index]!]! }))}
            none={l10n.t('No image.')}
            onClose={() => setCell(null)}
          />
        )}
        <Examples
          title={l10n.t('Most confident mistakes')}
          run={run.id}
          examples={mistakes.slice(0, 24).map(({ index, label, predicted, confidence }) => ({
            index,
            caption: classes[label]!,
            notes: [`→ ${classes[predicted]}`, metric(confidence)],
          }))}
          none={l10n.t('None: every validation image was classified correctly.')}
        />
      </section>
    </div>
  );
}

const titleOf = (run: RunCard, model: RunCard['models'][number], runs: number): string =>
  runs > 1 ? `${run.name} · ${modelTitle(model)}` : modelTitle(model);

/** With its classes as people read them. */
const inWords = (evaluation: Evaluation): Evaluation => ({
  ...evaluation,
  classes: evaluation.classes.map(classTitle),
});

function saveJson(run: RunCard, evaluation: Evaluation): Promise<boolean> {
  const { labels, predicted, ...rest } = evaluation;
  const plain = { run: run.id, ...rest, labels: [...labels], predicted: [...predicted] };
  const bytes = new TextEncoder().encode(`${JSON.stringify(plain)}\n`);
  return host.save(`${fileName(run.name)}-${evaluation.model}-evaluation.json`, bytes);
}
