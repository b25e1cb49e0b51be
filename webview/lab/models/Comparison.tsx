import * as l10n from '@vscode/l10n';
import type { RunModelSummary } from '../../../src/protocol/lab';
import { cssColor } from '../../shared/chart/palette';
import { bytes, count, integer } from '../../shared/format';
import { modelTitle } from '../../shared/names';
import { Button } from '../../shared/toolkit';
import { useLab } from '../context';
import { barShare, costs, type Quantity, quantities } from './costs';

const textOf: Record<Quantity, (value: number) => string> = {
  parameters: integer,
  macs: count,
  weights: bytes,
  training: bytes,
  activations: bytes,
};

/** What the networks of a run cost, side by side: a bar and a number each. */
export function Comparison({ run, models }: { run: string; models: readonly RunModelSummary[] }) {
  const { lookOf, options, setOptions } = useLab();
  const all = models.map(({ model, network }) => ({ model, costs: costs(network) }));
  const log = options.comparison === 'log';
  return (
    <section class="comparison">
      <div class="line">
        <h3>{l10n.t('What they cost')}</h3>
        <Button
          appearance="icon"
          pressed={log}
          onClick={() => setOptions({ comparison: log ? 'linear' : 'log' })}
        >
          {l10n.t('log scale')}
        </Button>
      </div>
      <table class="num">
        <tbody>
          {quantities.map((quantity) => {
            const largest = Math.max(...all.map(({ costs }) => costs[quantity]));
            return all.map(({ model, costs }, i) => (
              <tr key={quantity + model.id}>
                {i === 0 && (
                  <th scope="rowgroup" rowSpan={all.length}>
                    {quantityLabel(quantity)}
                  </th>
                )}
                <td class="quiet model" title={modelTitle(model)}>
                  {modelTitle(model)}
                </td>
                <td class="share">
                  <div
                    style={{
                      width: `${barShare(costs[quantity], largest, options.comparison) * 100}%`,
                      background: cssColor(lookOf(run, model.id)),
                    }}
                  />
                </td>
                <td class="number">{textOf[quantity](costs[quantity])}</td>
              </tr>
            ));
          })}
        </tbody>
      </table>
    </section>
  );
}

const quantityLabel = (quantity: Quantity): string =>
  ({
    parameters: l10n.t('Parameters'),
    macs: l10n.t('Multiply–accumulates per image'),
    weights: l10n.t('Memory of the weights'),
    training: l10n.t('… and of the optimizer'),
    activations: l10n.t('Activations per image'),
  })[quantity];
