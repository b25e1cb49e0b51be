import * as l10n from '@vscode/l10n';
import { presetOf } from '../../../src/core/network/presets/presets';
import { cssColor, type Look } from '../../shared/chart/palette';
import { Swatch } from '../../shared/chart/Swatch';
import { count, integer } from '../../shared/format';
import { modelTitle } from '../../shared/names';
import { Button, Checkbox, Icon } from '../../shared/toolkit';
import { problemText } from '../fields';
import { cardParameters, type FormModel, type ModelAnswer } from './formModel';
import type { ModelFacts } from './modelFacts';
import { Parameters } from './Parameters';

interface ModelCardProps {
  model: FormModel;
  answer: ModelAnswer;
  /** Its lines in the charts; null while it is not chosen. */
  look: Look | null;
  disabled: boolean;
  /** No more models can be chosen. */
  isFull: boolean;
  isRemovable: boolean;
  onChange: (change: Partial<FormModel>) => void;
  onVariant: () => void;
  onRemove: () => void;
}

/** A model to choose: what it is, what it costs, and, unfolded, its parameters. */
export function ModelCard({ model, answer, look, disabled, isFull, onChange, ...card }: ModelCardProps) {
  const { isChosen, isOpen, source } = model;
  const preset = 'preset' in source ? presetOf(source.preset) : null;
  const title = modelTitle({
    title: answer.facts?.title || preset?.title || l10n.t('A network of your own'),
  });
  const description = preset ? l10n.t(preset.description) : l10n.t('A network that no preset made.');
  const parameters = cardParameters(model);
  const problem = answer.problems[''];
  const name = (
    <span class="title" title={title}>
      {title}
    </span>
  );
  return (
    <li class="model-card" style={look ? { borderColor: cssColor(look) } : undefined}>
      <div class="head">
        <Checkbox
          checked={isChosen}
          disabled={disabled || (isFull && !isChosen)}
          onChange={(on) => onChange({ isChosen: on })}
        >
          {name}
        </Checkbox>
        {look && <Swatch color={look.color} dash={look.dash.train} />}
        {parameters.length > 0 && (
          <button
            type="button"
            class="unfold"
            aria-expanded={isOpen}
            aria-label={l10n.t('Parameters of {0}', title)}
            title={l10n.t('Parameters of {0}', title)}
            onClick={() => onChange({ isOpen: !isOpen })}
          >
            <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
          </button>
        )}
        {parameters.length === 0 && card.isRemovable && (
          <Button
            appearance="icon"
            icon="trash"
            label={l10n.t('Remove {0}', title)}
            disabled={disabled}
            onClick={card.onRemove}
          />
        )}
      </div>
      <p class="quiet" title={description}>
        {description}
      </p>
      <Costs facts={answer.facts} />
      {problem && (
        <p class="problem" role="alert">
          {problemText(problem)}
        </p>
      )}
      {isOpen && (
        <div class="parameters">
          <Parameters
            parameters={parameters}
            text={model.text}
            problems={answer.problems}
            disabled={disabled}
            onInput={(field, value) => onChange({ text: { ...model.text, [field]: value } })}
          />
          <div class="actions">
            <Button appearance="icon" icon="add" disabled={disabled || isFull} onClick={card.onVariant}>
              {l10n.t('Variant')}
            </Button>
            {card.isRemovable && (
              <Button appearance="icon" icon="trash" disabled={disabled} onClick={card.onRemove}>
                {l10n.t('Remove')}
              </Button>
            )}
          </div>
        </div>
      )}
    </li>
  );
}

/** "13.07 K parameters · 87.68 K MACs", exact where it is pointed at. */
function Costs({ facts }: { facts: ModelFacts | null }) {
  if (!facts?.footprint) return <p class="costs quiet">–</p>;
  const { parameters, macs } = facts.footprint;
  return (
    <p
      class="costs quiet num"
      title={l10n.t('{0} parameters, {1} multiply–accumulates per image', integer(parameters), integer(macs))}
    >
      {/* A line that breaks does so behind the dot. */}
      {l10n.t('{0} params · {1} MACs', count(parameters), count(macs)).replace(' ·', '\u00a0·')}
    </p>
  );
}
