import * as l10n from '@vscode/l10n';
import { Dropdown } from '../../shared/Dropdown';
import { decimal } from '../../shared/format';
import { Button } from '../../shared/toolkit';
import { useLab } from '../context';
import type { Options } from '../options';

export function ChartControls({ zoomed, onResetZoom }: { zoomed: boolean; onResetZoom: () => void }) {
  const { options, setOptions } = useLab();
  const toggle = (key: 'logX' | 'logY' | 'lastValues', label: string) => (
    <Button appearance="icon" pressed={options[key]} onClick={() => setOptions({ [key]: !options[key] })}>
      {label}
    </Button>
  );
  const axes: { value: Options['axis']; label: string }[] = [
    { value: 'batch', label: l10n.t('x: batch') },
    { value: 'epoch', label: l10n.t('x: epoch') },
  ];
  const layouts: { value: Options['layout']; label: string }[] = [
    { value: 'overlaid', label: l10n.t('Overlaid') },
    { value: 'side-by-side', label: l10n.t('Side by side') },
  ];
  return (
    <div class="toolbar">
      <label>
        {l10n.t('Smoothing')}
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={options.smoothing}
          onInput={(event) => setOptions({ smoothing: Number(event.currentTarget.value) })}
        />
        <output class="num">{decimal(options.smoothing, 2)}</output>
      </label>
      {toggle('logY', l10n.t('log y'))}
      {toggle('logX', l10n.t('log x'))}
      <Dropdown
        label={l10n.t('Horizontal axis')}
        value={options.axis}
        options={axes}
        onChange={(axis) => setOptions({ axis })}
      />
      <Dropdown
        label={l10n.t('Layout')}
        value={options.layout}
        options={layouts}
        onChange={(layout) => setOptions({ layout })}
      />
      {toggle('lastValues', l10n.t('Table'))}
      <Button appearance="icon" icon="zoom-out" disabled={!zoomed} onClick={onResetZoom}>
        {l10n.t('Reset zoom')}
      </Button>
    </div>
  );
}
