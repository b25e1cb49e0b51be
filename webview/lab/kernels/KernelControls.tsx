import * as l10n from '@vscode/l10n';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { KernelSession } from '../../../src/core/kernels/session';
import { kernelStatistics, statisticNames } from '../../../src/core/kernels/statistics';
import type { ModelCard, ModelId } from '../../../src/core/network/model';
import { Dropdown } from '../../shared/Dropdown';
import { integer, percent } from '../../shared/format';
import { modelTitle } from '../../shared/names';
import { Button, Checkbox, TextField } from '../../shared/toolkit';
import { useLab } from '../context';
import type { Options } from '../options';

interface KernelControlsProps {
  /** Is the section on show? Otherwise the film stands still. */
  active: boolean;
  run: string | null;
  onRun: (run: string | null) => void;
  /** Null: the first of the run that has kernels. */
  model: ModelId | null;
  onModel: (model: ModelId) => void;
  /** What the rows have open. */
  sessions: readonly KernelSession[];
  epoch: number | null;
  onEpoch: (epoch: number | null) => void;
  group: number | 'all';
  onGroup: (group: number | 'all') => void;
  onScale: (change: Partial<Options>) => void;
  onPickImages: () => void;
}

export function KernelControls(props: KernelControlsProps) {
  const { run, onRun, sessions, group, onGroup, onScale, onPickImages } = props;
  const { all, options, setOptions } = useLab();
  const untrained = '';
  const runs = [
    ...all.map(({ id, name }) => ({ value: id, label: name })),
    { value: untrained, label: l10n.t('untrained') },
  ];
  const groupCount = Math.max(1, ...sessions.flatMap(({ layers }) => layers.map((layer) => layer.groups)));
  const groups = [
    { value: 'all', label: l10n.t('group: all') },
    ...Array.from({ length: groupCount }, (_, g) => ({
      value: String(g),
      label: l10n.t('group: {0}', g + 1),
    })),
  ];
  return (
    <div class="toolbar">
      <Dropdown
        label={l10n.t('Run')}
        value={run ?? untrained}
        options={runs}
        onChange={(id) => onRun(id === untrained ? null : id)}
      />
      <ModelChoice {...props} />
      <EpochSlider {...props} />
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
    </div>
  );
}

/** Which of the run's models, where several have kernels to show. */
function ModelChoice({ run, model, sessions, onModel }: KernelControlsProps) {
  // Where a model's kernels can't be generated no row has a session, and another model is wanted then.
  const known = useRef<{ run: string | null; models: readonly ModelCard[] }>({ run, models: [] });
  const [session] = sessions;
  if (session) known.current = { run, models: session.models };
  const models = known.current.run === run ? known.current.models : [];
  if (models.length < 2) return null;
  return (
    <Dropdown
      label={l10n.t('Model')}
      value={model ?? models[0]!.id}
      options={models.map((each) => ({ value: each.id, label: modelTitle(each) }))}
      onChange={onModel}
    />
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

/** How long a picture of the film stays, in milliseconds. */
const frameTime = 600;

/** The run's checkpoints, from before training on: a slider, and a film of the kernels forming. */
function EpochSlider({ active, run, sessions, epoch, onEpoch }: KernelControlsProps) {
  const [playing, setPlaying] = useState(false);
  const epochs = [...new Set([0, ...sessions.flatMap((session) => session.epochs)])].sort((a, b) => a - b);
  const last = epochs.length - 1;
  const at = epoch === null ? last : Math.max(0, epochs.indexOf(epoch));
  // The next picture waits for this one: every row shows the epoch that was asked for.
  const settled = epoch === null || sessions.every((session) => session.epoch === epoch);
  useEffect(() => {
    if (!playing || !active || !settled) return;
    const timer = setTimeout(() => {
      if (at >= last) setPlaying(false);
      else onEpoch(epochs[at + 1]!);
    }, frameTime);
    return () => clearTimeout(timer);
  });
  const play = () => {
    if (!playing && at >= last) onEpoch(epochs[0]!);
    setPlaying(!playing);
  };
  return (
    <label>
      {l10n.t('epoch')}
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={at}
        disabled={run === null || last === 0}
        aria-valuetext={String(epochs[at])}
        onInput={(event) => onEpoch(epochs[Number(event.currentTarget.value)]!)}
      />
      <output class="num">{integer(epochs[at]!)}</output>
      <Button
        appearance="icon"
        icon={playing ? 'debug-pause' : 'play'}
        label={playing ? l10n.t('Pause') : l10n.t('Play: watch the kernels form')}
        disabled={run === null || last === 0}
        onClick={play}
      />
    </label>
  );
}
