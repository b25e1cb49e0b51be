import * as l10n from '@vscode/l10n';
import { Button } from '../shared/toolkit';
import { FieldRow, problemText, Row } from './fields';
import { type Answer, type Form, fields, isAsked } from './form';
import { HyperParameters } from './HyperParameters';
import { host } from './link';
import { ModelCards } from './models/ModelCards';

interface TrainingFormProps {
  form: Form;
  answer: Answer;
  /** Are the hyper-parameters open? */
  expanded: boolean;
  disabled: boolean;
  onChange: (form: Form) => void;
  onUnfold: (expanded: boolean) => void;
}

const field = (id: string) => fields.find((each) => each.id === id)!;
const [data, folder, epochs] = [field('data'), field('data.folder.path'), field('epochs')];

export function TrainingForm({ form, answer, expanded, disabled, onChange, onUnfold }: TrainingFormProps) {
  const { problems } = answer;
  const write = (id: string, value: string | boolean) =>
    onChange({ ...form, values: { ...form.values, [id]: value } });
  const props = { form, problems, disabled, onInput: write };
  const pickFolder = async () => {
    const path = await host.pickFolder();
    if (path !== null) write(folder.id, path);
  };
  const path = String(form.values[folder.id]);
  return (
    <form class="training-form" onSubmit={(event) => event.preventDefault()}>
      <FieldRow {...props} field={data} />
      {isAsked(folder, form) && (
        <Row label={l10n.t(folder.title)} problem={path ? undefined : problems[folder.id]}>
          <div class="folder">
            <span class="path" title={path}>
              {path ? <bdi>{path}</bdi> : <span class="quiet">{l10n.t('one subfolder per class')}</span>}
            </span>
            <Button
              appearance="icon"
              icon="folder-opened"
              label={l10n.t('Pick Folder…')}
              disabled={disabled}
              onClick={pickFolder}
            />
          </div>
        </Row>
      )}
      <section class="models" aria-label={l10n.t('Models')}>
        <div class="label">{l10n.t('Models')}</div>
        <ModelCards
          models={form.models}
          answers={answer.models}
          disabled={disabled}
          onChange={(models) => onChange({ ...form, models })}
        />
        {problems.models && (
          <p class="problem" role="alert">
            {problemText(problems.models)}
          </p>
        )}
      </section>
      <FieldRow {...props} field={epochs} />
      <HyperParameters {...props} expanded={expanded} onToggle={onUnfold} />
    </form>
  );
}
