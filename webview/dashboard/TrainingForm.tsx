import * as l10n from '@vscode/l10n';
import type { ModelId } from '../../src/core/network/model';
import { type DataSpec, modelNames } from '../../src/core/runs/spec';
import { colorToken } from '../shared/chart/palette';
import { Swatch } from '../shared/chart/Swatch';
import { Dropdown } from '../shared/Dropdown';
import { Button, Checkbox } from '../shared/toolkit';
import { NumberRow, Row } from './fields';
import type { Form, Problems, TextField } from './form';
import { HyperParameters } from './HyperParameters';
import { host } from './link';

interface TrainingFormProps {
  form: Form;
  problems: Problems;
  /** Are the hyper-parameters open? */
  expanded: boolean;
  disabled: boolean;
  onChange: (form: Form, expanded?: boolean) => void;
}

export function TrainingForm({ form, problems, expanded, disabled, onChange }: TrainingFormProps) {
  const write = (field: TextField, value: string) =>
    onChange({ ...form, text: { ...form.text, [field]: value } });
  const fields = { form, problems, disabled, onInput: write };
  const pickFolder = async () => {
    const path = await host.pickFolder();
    if (path !== null) write('data.path', path);
  };
  const toggle = (model: ModelId, on: boolean) =>
    onChange({ ...form, models: modelNames.filter((m) => (m === model ? on : form.models.includes(m))) });
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
      <Row label={l10n.t('Models')} problem={problems.models}>
        <div class="models">
          {modelNames.map((model) => (
            <Checkbox
              key={model}
              checked={form.models.includes(model)}
              disabled={disabled}
              onChange={(on) => toggle(model, on)}
            >
              {modelTitle(model)} <Swatch color={colorToken(model, 0)} />
            </Checkbox>
          ))}
        </div>
      </Row>
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

const modelTitle = (model: ModelId): string =>
  ({ involution: l10n.t('Involution'), convolution: l10n.t('Convolution') })[model];
