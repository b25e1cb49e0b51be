import * as l10n from '@vscode/l10n';
import type { ModelId } from '../../../src/core/network/model';
import type { RunCard } from '../../../src/protocol/lab';
import { cssColor } from '../../shared/chart/palette';
import { metric } from '../../shared/format';
import { modelTitle } from '../../shared/names';
import { useLab } from '../context';
import { moveAmongCells } from './cellKeys';
import { standingsOf } from './standings';

interface StandingsTableProps {
  readonly run: RunCard;
  readonly model: ModelId;
  readonly onChoose: (run: string, model: ModelId) => void;
}

/** How well each model of each run did, the best model first; the cell that is chosen is what is evaluated beneath. */
export function StandingsTable({ run, model, onChoose }: StandingsTableProps) {
  const { shown, lookOf } = useLab();
  const standings = standingsOf(shown);
  const highest = Math.max(...standings.flatMap(({ accuracies }) => accuracies.map((value) => value ?? -1)));
  return (
    <div class="standings">
      <table class="rows num" onKeyDown={moveAmongCells}>
        <caption>{l10n.t('Best validation accuracy')}</caption>
        {shown.length > 1 && (
          <thead>
            <tr>
              <td />
              {shown.map(({ id, name }) => (
                <th key={id} scope="col" class="number" title={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {standings.map(({ model: row, accuracies }) => (
            <tr key={row.id + row.title}>
              <th scope="row" title={modelTitle(row)}>
                {modelTitle(row)}
              </th>
              {accuracies.map((accuracy, c) => {
                const { id } = shown[c]!;
                if (accuracy === undefined) return <td key={id} />;
                const isChosen = id === run.id && row.id === model;
                return (
                  <td key={id} class="number">
                    <button
                      type="button"
                      tabIndex={isChosen ? 0 : -1}
                      aria-pressed={isChosen}
                      class={accuracy === highest ? 'best' : ''}
                      onClick={() => onChoose(id, row.id)}
                    >
                      <span class="swatch" style={{ background: cssColor(lookOf(id, row.id)) }} />
                      {metric(accuracy)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
