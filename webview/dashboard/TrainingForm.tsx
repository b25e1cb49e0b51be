import * as l10n from '@vscode/l10n';
import type { ModelId } from '../../src/core/network/model';
import { colorToken } from '../shared/chart/palette';
import { Swatch } from '../shared/chart/Swatch';
import { Button, Checkbox } from '../shared/toolkit';
import { FieldRow, Row } from './fields';
import { type Form, fields, isAsked, type Problems } from './form';
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

const field = (id: string) => fields.find((each) => each.id === id)!;
const [data, folder, epochs] = [field('data'), field('data.folder.path'), field('epochs')];

export function TrainingForm({ form, problems, expanded, disabled, onChange }: TrainingFormProps) {
  const write = (id: string, value: string | boolean) =>
    onChange({ ...form, values: { ...form.values, [id]: value } });
  const props = { form, problems, disabled, onInput: write };
  const pickFolder = async () => {
    const path = await host.pickFolder();
    if (path !== null) write(folder.id, path);
  };
  const toggle = (model: ModelId, on: boolean) =>
    onChange({ ...form, models: modelNames.filter((m) => (m === model ? on : form.models.includes(m))) });
  const path = String(form.values[folder.id]);
  return (
    <form class="training-form" onSubmit={(event) => event.preventDefault()}>
      <FieldRow {...props} field={data} />
      {isAsked(folder, form) && (
        <Row label={l10n.t(folder.title)} problem={path ? undefined : problems[folder.id]}>
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
      <FieldRow {...props} field={epochs} />
      <HyperParameters {...props} expanded={expanded} onToggle={(open) => onChange(form, open)} />
    </form>
  );
}

const modelTitle = (model: ModelId): string =>
  ({ involution: l10n.t('Involution'), convolution: l10n.t('Convolution') })[model];
