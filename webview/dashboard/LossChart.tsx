import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import type { ModelCard } from '../../src/core/network/model';
import type { SeriesSnapshot } from '../../src/protocol/lab';
import { linesOf } from '../shared/chart/lines';
import { Plot } from '../shared/chart/Plot';
import { lookAt } from '../shared/chart/palette';
import { modelTitle } from '../shared/names';
import { Button } from '../shared/toolkit';

const lossLimits = [0, Number.POSITIVE_INFINITY] as const;

interface LossChartProps {
  /** Of the run, in the order of their colours. */
  models: readonly ModelCard[];
  series: readonly SeriesSnapshot[];
  onOpen: () => void;
}

/** All models' training loss, in passing; the editor panel has the real charts. */
export function LossChart({ models, series, onOpen }: LossChartProps) {
  const lines = useMemo(() => {
    const place = (s: SeriesSnapshot) => models.findIndex(({ id }) => id === s.model);
    return linesOf(
      series.filter((s) => place(s) >= 0),
      false,
      (s) => modelTitle(models[place(s)]!),
      (s) => lookAt(place(s)),
    );
  }, [models, series]);
  return (
    <div class="live-chart">
      <div class="line">
        <span>{l10n.t('Loss')}</span>
        <Button appearance="icon" icon="graph-line" label={l10n.t('Open Charts')} onClick={onOpen} />
      </div>
      <Plot
        lines={lines}
        zoom={null}
        logX={false}
        logY={false}
        limits={lossLimits}
        compact
        label={l10n.t('Training loss by batch; the table above has the latest values')}
      />
    </div>
  );
}
