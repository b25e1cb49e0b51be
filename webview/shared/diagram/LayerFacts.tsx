import * as l10n from '@vscode/l10n';
import type { LayerOutline } from '../../../src/core/diagram/outline';
import { bytes, count, integer } from '../format';

const floatBytes = 4;

const statistics = (count: number): [string, string] => [l10n.t('Moving statistics'), integer(count)];

/** The row of a layer in its network's summary, for whichever is pointed at or selected. */
export function LayerFacts({ layer, fault }: { layer: LayerOutline | null; fault: string | undefined }) {
  if (!layer)
    return <p class="facts quiet">{l10n.t('Point at a layer, or go through them with the arrow keys.')}</p>;
  const { name, title, input, output, cost } = layer;
  const facts: [string, string][] = [
    [l10n.t('Shape'), `${input.join('×')} → ${output.join('×')}`],
    [l10n.t('Parameters'), integer(cost.parameters)],
    ...(cost.statistics > 0 ? [statistics(cost.statistics)] : []),
    ['MACs', count(cost.macs)],
    [l10n.t('Activations'), bytes(floatBytes * cost.activations)],
  ];
  return (
    <div class="facts num" role="status">
      <p>
        <strong>{name}</strong> <span class="quiet">{title}</span>
      </p>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt class="quiet">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {fault && <p class="problem">{fault}</p>}
    </div>
  );
}
