import * as l10n from '@vscode/l10n';
import { useState } from 'preact/hooks';
import { modelsLimit } from '../../../src/core/network/model';
import { lookAt } from '../../shared/chart/palette';
import { Icon } from '../../shared/toolkit';
import type { FormModel, ModelAnswer } from './formModel';
import { isRemovable, withVariant } from './formModel';
import { ModelCard } from './ModelCard';

interface ModelCardsProps {
  models: readonly FormModel[];
  answers: ReadonlyMap<string, ModelAnswer>;
  disabled: boolean;
  onChange: (models: FormModel[]) => void;
}

/** All models that can be chosen, each on a card; those that few look for under "More models". */
export function ModelCards({ models, answers, disabled, onChange }: ModelCardsProps) {
  const unlisted = models.filter(({ isListed }) => !isListed);
  const [showsAll, setShowsAll] = useState(false);
  const chosen = models.filter(({ isChosen }) => isChosen);
  const isFull = chosen.length >= modelsLimit;
  const card = (model: FormModel) => (
    <ModelCard
      key={model.key}
      model={model}
      answer={answers.get(model.key)!}
      look={model.isChosen ? lookAt(chosen.indexOf(model)) : null}
      disabled={disabled}
      isFull={isFull}
      isRemovable={isRemovable(models, model)}
      onChange={(change) => onChange(models.map((each) => (each === model ? { ...each, ...change } : each)))}
      onVariant={() => onChange(withVariant(models, model))}
      onRemove={() => onChange(models.filter((each) => each !== model))}
    />
  );
  return (
    <>
      <ul class="model-cards">{models.filter(({ isListed }) => isListed).map(card)}</ul>
      {unlisted.length > 0 && (
        <button
          type="button"
          class="disclosure"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          <Icon name={showsAll ? 'chevron-down' : 'chevron-right'} />{' '}
          {l10n.t('More models ({0})', unlisted.length)}
        </button>
      )}
      {showsAll && <ul class="model-cards">{unlisted.map(card)}</ul>}
      {isFull && <p class="quiet">{l10n.t('A run takes {0} models at most.', modelsLimit)}</p>}
    </>
  );
}
