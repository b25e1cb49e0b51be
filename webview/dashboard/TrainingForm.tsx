import * as l10n from '@vscode/l10n';
import type { DataSpec } from '../../src/core/runs/spec';
import { Dropdown } from '../shared/Dropdown';
import { Button } from '../shared/toolkit';
import { NumberRow, problemText, Row } from './fields';
import type { Answer, Form, TextField } from './form';
import { HyperParameters } from './HyperParameters';
import { host } from './link';
import { ModelCards } from './models/ModelCards';

interface TrainingFormProps {
  form: Form;
  answer: Answer;
  /** Are the hyper-parameters open? */
  expanded: boolean;
  disabled: boolean;
  onChange: (form: Form, expanded?: boolean) => void;
}

export function TrainingForm({ form, answer, expanded, disabled, onChange }: TrainingFormProps) {
  const { problems } = answer;
  const write = (field: TextField, value: string) =>
    onChange({ ...form, text: { ...form.text, [field]: value } });
  const fields = { form, problems, disabled, onInput: write };
  const pickFolder = async () => {
    const path = await host.pickFolder();
    if (path !== null) write('data.path', path);
  };
  const dataSets: { value: DataSpec['kind']; label: string }[] = [
    { value: 'shapes', label: l10n.t('Built-in shapes') },
    { value: 'cifar10', label: 'CIFAR-10' },
    { value: 'folder', label: l10n.t('Image folder') },
  ];
  const path = form.text['data.path'];
  return (
    <form class="training-form" onSubmit={(event) => event.preventDefault()}>
      <Row label={l10n.t('Data')}>
        <Dropdown
          label={l10n.t('Data')}
          value={form.data}
          options={dataSets}
          disabled={disabled}
          onChange={(data) => onChange({ ...form, data })}
        />
      </Row>
      {form.data === 'folder' && (
        <Row label={l10n.t('Folder')} problem={path ? undefined : problems['data.path']}>
          <div class="folder">
            <span class="path" title={path}>
              {path ? <bdi>{path}</bdi> : <span class="quiet">{l10n.t('one subfolder a class')}</span>}
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
      <NumberRow {...fields} field="epochs" label={l10n.t('Epochs')} />
      <HyperParameters
        {...fields}
        expanded={expanded}
        onToggle={(open) => onChange(form, open)}
        onChange={(next) => onChange(next)}
      />
    </form>
  );
}
