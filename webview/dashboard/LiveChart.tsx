import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import type { SeriesSnapshot } from '../../src/protocol/lab';
import { linesOf } from '../shared/chart/lines';
import { Plot } from '../shared/chart/Plot';
import { colorToken } from '../shared/chart/palette';
import { modelLabel } from '../shared/names';
import { Button } from '../shared/toolkit';

const lossLimits = [0, Number.POSITIVE_INFINITY] as const;

/** Both models' training loss, in passing; the editor panel has the real charts. */
export function LiveChart({ series, onOpen }: { series: readonly SeriesSnapshot[]; onOpen: () => void }) {
  const lines = useMemo(
    () =>
      linesOf(
        series,
        false,
        (s) => modelLabel(s.model),
        (s) => colorToken(s.model, 0),
      ),
    [series],
  );
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
