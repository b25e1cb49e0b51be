import * as l10n from '@vscode/l10n';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { RunCard } from '../../src/protocol/lab';
import { Dropdown } from '../shared/Dropdown';

import { useLab } from './context';

/** The run that a section for one run shows, where there are several the control that picks it, and what another control picks it by. */
export function useRunChoice(): readonly [RunCard, VNode | null, (id: string) => void] {
  const { shown } = useLab();
  const [id, setId] = useState('');
  const run = shown.find((card) => card.id === id) ?? shown[0]!;
  if (shown.length === 1) return [run, null, setId];
  const options = shown.map((card) => ({ value: card.id, label: card.name }));
  return [
    run,
    <Dropdown key="run" label={l10n.t('Run')} value={run.id} options={options} onChange={setId} />,
    setId,
  ];
}
