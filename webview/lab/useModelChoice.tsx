import * as l10n from '@vscode/l10n';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { RunCard } from '../../src/protocol/lab';
import { Dropdown } from '../shared/Dropdown';
import { modelTitle } from '../shared/names';

/** A model of a run, its first to begin with, the control that picks it, and what another control picks it by. */
export function useModelChoice(
  run: RunCard,
): readonly [RunCard['models'][number], VNode, (id: string) => void] {
  const [chosen, setModel] = useState('');
  const model = run.models.find(({ id }) => id === chosen) ?? run.models[0]!;
  const options = run.models.map((each) => ({ value: each.id, label: modelTitle(each) }));
  return [
    model,
    <Dropdown key="model" label={l10n.t('Model')} value={model.id} options={options} onChange={setModel} />,
    setModel,
  ];
}
