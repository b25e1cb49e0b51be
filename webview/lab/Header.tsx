import * as l10n from '@vscode/l10n';
import { isResumable } from '../../src/core/runs/lifecycle';
import { type RunCard, subjectLimits } from '../../src/protocol/lab';
import { Menu, type MenuItem, Popup } from '../shared/Menu';
import { bestAccuracies, modelsTitle, stateLabel } from '../shared/names';
import { Button, Checkbox } from '../shared/toolkit';
import { useLab } from './context';
import { host } from './link';

interface HeaderProps {
  /** What the section on show can export. */
  exports: readonly MenuItem[];
  /** How many runs there are besides those that can be chosen. */
  unlisted: number;
  /** Why the host did not do what was asked last. */
  refusal: string;
  onRuns: (runs: string[]) => void;
  /** Asks for the runs anew: others may have come since. */
  onRefresh: () => void;
}

export function Header({ exports, unlisted, refusal, onRuns, onRefresh }: HeaderProps) {
  const { shown } = useLab();
  const [first] = shown;
  const model = shown.map((run) => ({
    label: shown.length === 1 ? l10n.t('Model Weights…') : l10n.t('Model Weights of {0}…', run.name),
    onSelect: () => void host.exportModel(run.id),
  }));
  const resumable = shown.length === 1 && first && isResumable(first.state);
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
          {() => <RunChoice unlisted={unlisted} onRuns={onRuns} />}
        </Popup>
        <Menu label={l10n.t('Export')} items={[...exports, ...model]} />
      </div>
      {refusal && (
        <p class="problem" role="alert">
          {refusal}
        </p>
      )}
    </header>
  );
}

/** Every run with a check mark: those on show are checked. */
function RunChoice({ unlisted, onRuns }: { unlisted: number; onRuns: (runs: string[]) => void }) {
  const { shown, all } = useLab();
  const chosen = new Set(shown.map((run) => run.id));
  const toggle = (id: string, on: boolean) =>
    onRuns(on ? [...chosen, id] : [...chosen].filter((other) => other !== id));
  if (all.length === 0) return <p class="quiet">{l10n.t('There are no runs yet.')}</p>;
  const isFull = chosen.size >= subjectLimits.runs;
  return (
    <ul class="run-choice">
      {isFull && <li class="quiet">{l10n.t('A panel compares {0} runs at most.', subjectLimits.runs)}</li>}
      {all.map((run) => (
        <li key={run.id}>
          <Checkbox
            checked={chosen.has(run.id)}
            disabled={chosen.has(run.id) ? chosen.size === 1 : isFull}
            onChange={(on) => toggle(run.id, on)}
          >
            {run.name}
          </Checkbox>
          <span class="quiet num">
            {bestAccuracies(run)} · {stateOf(run)}
          </span>
        </li>
      ))}
      {unlisted > 0 && (
        <li class="quiet">
          {l10n.t(
            '{0} older runs are not listed here; select them in the Runs view to compare them.',
            unlisted,
          )}
        </li>
      )}
    </ul>
  );
}

function titleOf(shown: readonly RunCard[]): string {
  if (shown.length === 0) return l10n.t('Involution Lab');
  return shown.length === 1 ? shown[0]!.name : l10n.t('{0} runs compared', shown.length);
}

/** Who can't pause or stop a run here is told why. */
function stateOf({ state, elsewhere }: RunCard): string {
  const label = stateLabel(state);
  return elsewhere === null ? label : l10n.t('{0} in another window or a terminal: {1}', label, elsewhere);
}

function factsOf(run: RunCard): string {
  return [run.dataName, modelsTitle(run.models), l10n.t('seed {0}', run.seed), stateOf(run), run.engine].join(
    ' · ',
  );
}
