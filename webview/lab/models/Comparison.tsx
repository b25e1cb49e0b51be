import * as l10n from '@vscode/l10n';
import type { ModelSummary } from '../../../src/protocol/worker';
import { colorToken } from '../../shared/chart/palette';
import { bytes, count, integer } from '../../shared/format';
import { modelLabel } from '../../shared/names';
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

/** What the two networks cost, side by side: a bar and a number each. */
export function Comparison({ models }: { models: readonly ModelSummary[] }) {
  const { options, setOptions } = useLab();
  const all = models.map((model) => ({ name: model.name, costs: costs(model) }));
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
            const largest = Math.max(...all.map((model) => model.costs[quantity]));
            return all.map(({ name, costs }, i) => (
              <tr key={quantity + name}>
                {i === 0 && (
                  <th scope="rowgroup" rowSpan={all.length}>
                    {quantityLabel(quantity)}
                  </th>
                )}
                <td class="quiet">{modelLabel(name)}</td>
                <td class="share">
                  <div
                    style={{
                      width: `${barShare(costs[quantity], largest, options.comparison) * 100}%`,
                      background: `var(--vscode-${colorToken(name, 0)})`,
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
    macs: l10n.t('Multiply-accumulates an image'),
    weights: l10n.t('Memory of the weights'),
    training: l10n.t('… and of the optimizer'),
    activations: l10n.t('Activations an image'),
  })[quantity];
