import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { Evaluation } from '../../../src/core/evaluation/evaluation';
import { cssColor } from '../../shared/chart/palette';
import { contrast, mixed, parseColor } from '../../shared/contrast';
import { integer, percent } from '../../shared/format';
import { useTheme } from '../../shared/theme';
import { moveAmongCells } from './cellKeys';
import { type Cell, shareOf } from './predictions';

interface ConfusionMatrixProps {
  evaluation: Evaluation;
  /** The model's theme token. */
  color: string;
  selected: Cell | null;
  onSelect: (cell: Cell) => void;
}

/** So much of the model's colour has the cell of a class that is always right. */
const fullest = 0.75;

/** Rows: the true class; columns: what was predicted. The fuller a cell, the larger its share of its row. */
export function ConfusionMatrix({ evaluation, color, selected, onSelect }: ConfusionMatrixProps) {
  const { classes, confusion } = evaluation;
  const [tabStop, setTabStop] = useState<Cell>({ label: 0, predicted: 0 });
  const ink = useInk(color);
  const is = (cell: Cell | null, label: number, predicted: number) =>
    cell?.label === label && cell.predicted === predicted;
  return (
    <div class="scroll">
      <table class="confusion num" onKeyDown={moveAmongCells}>
        <caption class="visually-hidden">
          {l10n.t(
            'Confusion matrix: rows are true classes, columns predicted ones; Enter shows the images of a cell',
          )}
        </caption>
        <thead>
          <tr>
            <td class="corner quiet">{l10n.t('true ↓ predicted →')}</td>
            {classes.map((name) => (
              <th key={name} scope="col" title={name}>
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, label) => (
            <tr key={classes[label]}>
              <th scope="row">{classes[label]}</th>
              {row.map((count, predicted) => {
                const share = shareOf(confusion, { label, predicted });
                return (
                  <td key={classes[predicted]}>
                    <button
                      type="button"
                      tabIndex={is(tabStop, label, predicted) ? 0 : -1}
                      aria-pressed={is(selected, label, predicted)}
                      aria-label={l10n.t(
                        '{0} taken for {1}: {2}',
                        classes[label]!,
                        classes[predicted]!,
                        integer(count),
                      )}
                      title={`${classes[label]} → ${classes[predicted]}: ${integer(count)} (${percent(share, 1)})`}
                      class={count === 0 ? 'zero' : ''}
                      style={{
                        background: `color-mix(in srgb, ${cssColor({ color })} ${Math.round(share * fullest * 100)}%, transparent)`,
                        color: ink(share * fullest),
                      }}
                      onFocus={() => setTabStop({ label, predicted })}
                      onClick={() => onSelect({ label, predicted })}
                    >
                      {integer(count)}
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

/** In which a number is read best on so much of a colour: as it is, or in the background's. */
function useInk(color: string): (share: number) => string | undefined {
  const theme = useTheme();
  const [fill, foreground, background] = [color, 'editor-foreground', 'editor-background'].map((token) =>
    parseColor(theme.color(token)),
  );
  return (share) => {
    if (!fill || !foreground || !background) return undefined;
    const cell = mixed(fill, background, share);
    return contrast(cell, background) > contrast(cell, foreground)
      ? 'var(--vscode-editor-background)'
      : undefined;
  };
}
