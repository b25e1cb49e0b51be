import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import type { KernelSession } from '../../../src/core/kernels/session';
import { kernelStatistics, statisticNames } from '../../../src/core/kernels/statistics';
import { Dropdown } from '../../shared/Dropdown';
import { percent } from '../../shared/format';
import { Button, Checkbox, TextField } from '../../shared/toolkit';
import { useLab } from '../context';
import type { Options } from '../options';
import type { Side } from './linked';
import { type Network, NetworkChoice } from './NetworkChoice';

interface KernelControlsProps {
  /** Is the section on show? */
  active: boolean;
  networks: Readonly<Record<Side, Network | null>>;
  /** A network; null takes the second away. */
  onNetwork: (side: Side, network: Network | null) => void;
  /** What each network's rows have open. */
  sessions: Readonly<Record<Side, readonly KernelSession[]>>;
  group: number | 'all';
  onGroup: (group: number | 'all') => void;
  onScale: (change: Partial<Options>) => void;
  onPickImages: () => void;
}

export function KernelControls(props: KernelControlsProps) {
  const { active, networks, onNetwork, sessions, group, onGroup, onScale, onPickImages } = props;
  const { first, second } = networks;
  const { options, setOptions } = useLab();
  const groupCount = Math.max(
    1,
    ...sessions.first.flatMap(({ layers }) => layers.map((layer) => layer.groups)),
  );
  const groups = [
    { value: 'all', label: l10n.t('group: all') },
    ...Array.from({ length: groupCount }, (_, g) => ({
      value: String(g),
      label: l10n.t('group: {0}', g + 1),
    })),
  ];
  return (
    <div class="toolbar">
      <NetworkChoice
        active={active}
        network={first!}
        sessions={sessions.first}
        onChange={(network) => onNetwork('first', network)}
      />
      <Dropdown
        label={l10n.t('Group')}
        value={String(group)}
        options={groups}
        disabled={groupCount === 1}
        onChange={(value) => onGroup(value === 'all' ? 'all' : Number(value))}
      />
      <Dropdown
        label={l10n.t('What is shown of each kernel')}
        value={options.statistic}
        options={[
          { value: 'own', label: l10n.t('shows: what tells most') },
          ...statisticNames.map((name) => ({
            value: name,
            label: l10n.t('shows: {0}', l10n.t(kernelStatistics[name].title)),
          })),
        ]}
        // A limit that suits one of them suits no other.
        onChange={(statistic: Options['statistic']) => setOptions({ statistic, scale: 'image', limit: 0 })}
      />
      <Dropdown
        label={l10n.t('Colour map')}
        value={options.colorMap}
        options={[
          { value: 'viridis', label: l10n.t('map: viridis') },
          { value: 'diverging', label: l10n.t('map: diverging') },
        ]}
        onChange={(colorMap) =>
          onScale(colorMap === 'diverging' ? { colorMap, scale: 'fixed' } : { colorMap })
        }
      />
      <Dropdown
        label={l10n.t('Scale')}
        value={options.scale}
        options={[
          { value: 'image', label: l10n.t('scale: per image') },
          { value: 'fixed', label: l10n.t('scale: fixed') },
        ]}
        onChange={(scale) => onScale({ scale })}
      />
      {options.scale === 'fixed' && (
        <Limit value={options.limit} onChange={(limit) => setOptions({ limit })} />
      )}
      <label>
        <Checkbox checked={options.overlay} onChange={(overlay) => setOptions({ overlay })}>
          {l10n.t('overlay')}
        </Checkbox>
        <input
          type="range"
          aria-label={l10n.t('Opacity of the heatmap')}
          min={0}
          max={1}
          step={0.05}
          value={options.opacity}
          disabled={!options.overlay}
          onInput={(event) => setOptions({ opacity: Number(event.currentTarget.value) })}
        />
        <output class="num">{percent(options.opacity)}</output>
      </label>
      <Dropdown
        label={l10n.t('Resolution')}
        value={options.resolution}
        options={[
          { value: 'fit', label: l10n.t('size: fit') },
          { value: 'native', label: l10n.t('size: native') },
        ]}
        onChange={(resolution) => setOptions({ resolution })}
      />
      <Button appearance="icon" icon="add" onClick={onPickImages}>
        {l10n.t('Images…')}
      </Button>
      <Button
        appearance="icon"
        icon="split-horizontal"
        pressed={second !== null}
        // The same network at its beginning: a difference there always is.
        onClick={() => onNetwork('second', second ? null : { ...first!, epoch: 0 })}
      >
        {l10n.t('Side by Side')}
      </Button>
      {second && (
        <fieldset class="compared" aria-label={l10n.t('compared with')}>
          <span class="quiet">{l10n.t('compared with')}</span>
          <NetworkChoice
            active={active}
            network={second}
            sessions={sessions.second}
            onChange={(network) => onNetwork('second', network)}
          />
        </fieldset>
      )}
    </div>
  );
}

function Limit({ value, onChange }: { value: number; onChange: (limit: number) => void }) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const limit = Number(text);
  const valid = text.trim() !== '' && limit > 0 && Number.isFinite(limit);
  return (
    <span class="limit">
      ±
      <TextField
        label={l10n.t('Limit of the fixed scale')}
        value={text}
        invalid={!valid}
        numeric
        onInput={(next) => {
          setText(next);
          const limit = Number(next);
          if (next.trim() !== '' && limit > 0 && Number.isFinite(limit)) onChange(limit);
        }}
      />
    </span>
  );
}
