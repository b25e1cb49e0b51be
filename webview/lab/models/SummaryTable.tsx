import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import type { RunModelSummary } from '../../../src/protocol/lab';
import { Swatch } from '../../shared/chart/Swatch';
import { bytes, count, integer, shape } from '../../shared/format';
import { modelTitle } from '../../shared/names';
import { Button } from '../../shared/toolkit';
import { useLab } from '../context';
import { host } from '../link';
import { ModelDiagram } from './ModelDiagram';

/** One network, layer by layer, as Keras prints it, with what Keras leaves out. */
export function SummaryTable({ run, summary }: { run: string; summary: RunModelSummary }) {
  const { lookOf } = useLab();
  const { layers, totals, text } = summary.network;
  const [isDrawn, setDrawn] = useState(false);
  const title = modelTitle(summary.model);
  const { color, dash } = lookOf(run, summary.model.id);
  const rows: [string, string][] = [
    [l10n.t('Total parameters, with the optimizer'), integer(totals.total)],
    [l10n.t('Trainable'), integer(totals.trainable)],
    [l10n.t('Not trainable'), integer(totals.nonTrainable)],
    [l10n.t('Optimizer'), integer(totals.optimizer)],
  ];
  return (
    <section class="summary">
      <div class="line">
        <h3>
          <Swatch color={color} dash={dash.train} /> {title}
        </h3>
        <div class="actions">
          <Button
            appearance="icon"
            icon="type-hierarchy-sub"
            label={l10n.t('Diagram')}
            pressed={isDrawn}
            onClick={() => setDrawn(!isDrawn)}
          />
          <Button
            appearance="icon"
            icon="copy"
            label={l10n.t('Copy as Text')}
            onClick={() => host.copy(text)}
          />
        </div>
      </div>
      {isDrawn && <ModelDiagram title={title} layers={summary.layers} />}
      <div class="scroll">
        <table class="rows num">
          <caption class="visually-hidden">{l10n.t('Layers of the {0} network', title)}</caption>
          <thead>
            <tr>
              <th scope="col">{l10n.t('Layer')}</th>
              <th scope="col">{l10n.t('Type')}</th>
              <th scope="col">{l10n.t('Output shape')}</th>
              <th scope="col" class="number">
                {l10n.t('Parameters')}
              </th>
              <th scope="col" class="number">
                MACs
              </th>
              <th scope="col" class="number">
                {l10n.t('Activations')}
              </th>
            </tr>
          </thead>
          <tbody>
            {layers.map((layer) => (
              <tr key={layer.name}>
                <th scope="row">{layer.name}</th>
                <td class="quiet">{layer.type}</td>
                <td>{layer.outputShapes.map(shape).join(', ')}</td>
                <td class="number">{integer(layer.params)}</td>
                <td class="number">{layer.macs === null ? '?' : count(layer.macs)}</td>
                <td class="number">{layer.activationBytes === null ? '?' : bytes(layer.activationBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl class="totals num">
        {rows.map(([label, value]) => (
          <div key={label} class="total">
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
