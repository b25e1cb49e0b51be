import * as l10n from '@vscode/l10n';
import type { RunCard } from '../../src/protocol/lab';
import { metric } from '../shared/format';
import { Menu, type MenuItem, Popup } from '../shared/Menu';
import { modelLabel, stateLabel } from '../shared/names';
import { Button, Checkbox } from '../shared/toolkit';
import { useLab } from './context';
import { host } from './link';

interface HeaderProps {
  /** What the section on show can export. */
  exports: readonly MenuItem[];
  onRuns: (runs: string[]) => void;
  /** Asks for the runs anew: others may have come since. */
  onRefresh: () => void;
}

export function Header({ exports, onRuns, onRefresh }: HeaderProps) {
  const { shown } = useLab();
  const [first] = shown;
  const model = shown.map((run) => ({
    label: shown.length === 1 ? l10n.t('Model Weights…') : l10n.t('Model Weights of {0}…', run.name),
    onSelect: () => void host.exportModel(run.id),
  }));
  const resumable = shown.length === 1 && first && ['stopped', 'interrupted', 'failed'].includes(first.state);
  return (
    <header>
      <div class="title">
        <h2>{titleOf(shown)}</h2>
        <span class="quiet">
          {shown.length === 1 && first ? factsOf(first) : shown.map((run) => run.name).join(' · ')}
        </span>
      </div>
      <div class="actions">
        {resumable && (
          <Button icon="debug-continue" onClick={() => host.resume(first.id)}>
            {l10n.t('Resume')}
          </Button>
        )}
        <Popup label={l10n.t('Compare…')} onOpen={onRefresh}>
          {() => <RunChoice onRuns={onRuns} />}
        </Popup>
        <Menu label={l10n.t('Export')} items={[...exports, ...model]} />
      </div>
    </header>
  );
}

/** Every run with a check mark: those on show are checked. */
function RunChoice({ onRuns }: { onRuns: (runs: string[]) => void }) {
  const { shown, all } = useLab();
  const chosen = new Set(shown.map((run) => run.id));
  const toggle = (id: string, on: boolean) =>
    onRuns(on ? [...chosen, id] : [...chosen].filter((other) => other !== id));
  if (all.length === 0) return <p class="quiet">{l10n.t('There are no runs yet.')}</p>;
  return (
    <ul class="run-choice">
      {all.map((run) => (
        <li key={run.id}>
          <Checkbox
            checked={chosen.has(run.id)}
            disabled={chosen.has(run.id) && chosen.size === 1}
            onChange={(on) => toggle(run.id, on)}
          >
            {run.name}
          </Checkbox>
          <span class="quiet num">
            {run.models.map((model) => metric(run.bestAccuracy[model])).join(' / ')} · {stateLabel(run.state)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function titleOf(shown: readonly RunCard[]): string {
  if (shown.length === 0) return l10n.t('Involution Lab');
  return shown.length === 1 ? shown[0]!.name : l10n.t('{0} runs compared', shown.length);
}

function factsOf(run: RunCard): string {
  const models = run.models.map(modelLabel).join(' + ');
  return [run.dataName, models, l10n.t('seed {0}', run.seed), stateLabel(run.state), run.engine].join(' · ');
}
