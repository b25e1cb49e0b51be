import * as l10n from '@vscode/l10n';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { KernelSession } from '../../../src/core/kernels/session';
import type { ModelCard, ModelId } from '../../../src/core/network/model';
import { Dropdown } from '../../shared/Dropdown';
import { integer } from '../../shared/format';
import { modelTitle } from '../../shared/names';
import { Button } from '../../shared/toolkit';
import { useLab } from '../context';
import { useReducedMotion } from './useReducedMotion';

/** Whose kernels are shown. */
export interface Network {
  /** Null: none of a run, untrained. */
  readonly run: string | null;
  /** Null: the first of the run that has kernels. */
  readonly model: ModelId | null;
  /** Null: the latest. */
  readonly epoch: number | null;
}

interface NetworkChoiceProps {
  network: Network;
  /** Is the section on show? Otherwise the film stands still. */
  active: boolean;
  /** What its rows have open. */
  sessions: readonly KernelSession[];
  onChange: (network: Network) => void;
}

/** A run, one of its models, an epoch. */
export function NetworkChoice({ network, active, sessions, onChange }: NetworkChoiceProps) {
  const { all } = useLab();
  const untrained = '';
  const runs = [
    ...all.map(({ id, name }) => ({ value: id, label: name })),
    { value: untrained, label: l10n.t('untrained') },
  ];
  const { run, model, epoch } = network;
  return (
    <>
      <Dropdown
        label={l10n.t('Run')}
        value={run ?? untrained}
        options={runs}
        onChange={(id) => onChange({ run: id === untrained ? null : id, model: null, epoch: null })}
      />
      <ModelChoice
        run={run}
        model={model}
        sessions={sessions}
        onModel={(next) => onChange({ run, model: next, epoch: null })}
      />
      <EpochSlider
        active={active}
        run={run}
        sessions={sessions}
        epoch={epoch}
        onEpoch={(next) => onChange({ ...network, epoch: next })}
      />
    </>
  );
}

interface ModelChoiceProps extends Pick<Network, 'run' | 'model'>, Pick<NetworkChoiceProps, 'sessions'> {
  onModel: (model: ModelId) => void;
}
/** Which of the run's models, where several have kernels to show. */
function ModelChoice({ run, model, sessions, onModel }: ModelChoiceProps) {
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

/** How long a picture of the film stays, in milliseconds. */
const frameTime = 600;

interface EpochSliderProps
  extends Pick<Network, 'run' | 'epoch'>,
    Pick<NetworkChoiceProps, 'active' | 'sessions'> {
  onEpoch: (epoch: number) => void;
}

/** The run's checkpoints, from before training on: a slider, and a film of the kernels forming; by step where nothing may move. */
function EpochSlider({ active, run, sessions, epoch, onEpoch }: EpochSliderProps) {
  const [isPlaying, setPlaying] = useState(false);
  const byStep = useReducedMotion();
  const playing = isPlaying && !byStep;
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
  const press = () => {
    if (byStep || (!playing && at >= last)) onEpoch(epochs[at >= last ? 0 : at + 1]!);
    setPlaying(!byStep && !playing);
  };
  const label = byStep
    ? l10n.t('Next epoch')
    : playing
      ? l10n.t('Pause')
      : l10n.t('Play: watch the kernels form');
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
        icon={byStep ? 'debug-step-over' : playing ? 'debug-pause' : 'play'}
        label={label}
        disabled={run === null || last === 0}
        onClick={press}
      />
    </label>
  );
}
