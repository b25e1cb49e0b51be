import * as l10n from '@vscode/l10n';
import { engineNames } from '../../src/core/runs/spec';
import { Dropdown } from '../shared/Dropdown';
import { Icon } from '../shared/toolkit';
import { type FieldProps, NumberRow, Row } from './fields';
import type { Form } from './form';

interface HyperParametersProps extends FieldProps {
  expanded: boolean;
  onToggle: (expanded: boolean) => void;
  onChange: (form: Form) => void;
}

/** Everything of a RunSpec beyond data set, models and epochs. */
export function HyperParameters({ expanded, onToggle, onChange, ...fields }: HyperParametersProps) {
  return (
    <div class="hyper-parameters">
      <button type="button" class="disclosure" aria-expanded={expanded} onClick={() => onToggle(!expanded)}>
        <Icon name={expanded ? 'chevron-down' : 'chevron-right'} /> {l10n.t('Hyper-parameters')}
      </button>
      {expanded && <AllFields {...fields} onChange={onChange} />}
    </div>
  );
}

function AllFields({ onChange, ...fields }: FieldProps & { onChange: (form: Form) => void }) {
  const { form, disabled } = fields;
  const schedules: { value: Form['schedule']; label: string }[] = [
    { value: 'constant', label: l10n.t('Constant') },
    { value: 'cosine', label: l10n.t('Cosine') },
    { value: 'step', label: l10n.t('Step') },
  ];
  const engines = (['auto', ...engineNames] as const).map((value) => ({ value, label: value }));
  return (
    <>
      <NumberRow {...fields} field="batchSize" label={l10n.t('Batch size')} />
      <NumberRow {...fields} field="learningRate" label={l10n.t('Learning rate')} />
      <Row label={l10n.t('Schedule')}>
        <Dropdown
          label={l10n.t('Schedule')}
          value={form.schedule}
          options={schedules}
          disabled={disabled}
          onChange={(schedule) => onChange({ ...form, schedule })}
        />
      </Row>
      {form.schedule === 'cosine' && (
        <NumberRow {...fields} field="schedule.finalFraction" label={l10n.t('Final fraction')} />
      )}
      {form.schedule === 'step' && (
        <>
          <NumberRow {...fields} field="schedule.every" label={l10n.t('Decay every')} />
          <NumberRow {...fields} field="schedule.factor" label={l10n.t('Decay factor')} />
        </>
      )}
      <NumberRow {...fields} field="clipNorm" label={l10n.t('Clip norm')} placeholder={l10n.t('off')} />
      <NumberRow
        {...fields}
        field="earlyStoppingPatience"
        label={l10n.t('Patience')}
        placeholder={l10n.t('off')}
      />
      {form.data === 'shapes' && (
        <>
          <NumberRow {...fields} field="data.trainCount" label={l10n.t('Train images')} />
          <NumberRow {...fields} field="data.validationCount" label={l10n.t('Val. images')} />
        </>
      )}
      {form.data === 'folder' && (
        <>
          <NumberRow {...fields} field="data.imageSize" label={l10n.t('Image size')} />
          <NumberRow {...fields} field="data.validationSplit" label={l10n.t('Val. split')} />
        </>
      )}
      <NumberRow {...fields} field="seed" label={l10n.t('Seed')} />
      <Row label={l10n.t('Engine')}>
        <Dropdown
          label={l10n.t('Engine')}
          value={form.engine}
          options={engines}
          disabled={disabled}
          onChange={(engine) => onChange({ ...form, engine })}
        />
      </Row>
      <NumberRow
        {...fields}
        field="name"
        label={l10n.t('Run name')}
        numeric={false}
        placeholder={l10n.t('automatic')}
      />
    </>
  );
}
