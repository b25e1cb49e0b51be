import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import type { FieldProblem } from '../../src/core/fieldProblem';
import type { Field } from '../../src/core/fields';
import { textIn } from '../../src/core/words';
import { Dropdown } from '../shared/Dropdown';
import { integer } from '../shared/format';
import { Checkbox, TextField } from '../shared/toolkit';
import type { Form, Problems } from './form';

/** A label, a control, and what is wrong with it. */
export function Row({
  label,
  description,
  problem,
  children,
}: {
  label: string;
  /** Said where the label is pointed at. */
  description?: string;
  problem?: FieldProblem;
  children: ComponentChildren;
}) {
  return (
    <div class={`field ${problem ? 'invalid' : ''}`}>
      <span class="label" title={description}>
        {label}
      </span>
      <div class="control">{children}</div>
      {problem && (
        <p class="problem" role="alert">
          {problemText(problem)}
        </p>
      )}
    </div>
  );
}

export interface FieldProps {
  form: Form;
  problems: Problems;
  disabled: boolean;
  onInput: (id: string, value: string | boolean) => void;
}

/** A field of the run's schema, in the schema's words. */
export function FieldRow({ field, form, problems, disabled, onInput }: FieldProps & { field: Field }) {
  const { id, type, choices } = field;
  // Strings of the bundle: test/unit/translations.test.ts sees to it.
  const label = l10n.t(field.title);
  const description = field.description && l10n.t(field.description);
  const value = form.values[id]!;
  const problem = problems[id];
  if (typeof value === 'boolean')
    return (
      <Row label={label} description={description}>
        <Checkbox label={label} checked={value} disabled={disabled} onChange={(on) => onInput(id, on)} />
      </Row>
    );
  if (type === 'choice')
    return (
      <Row label={label} description={description}>
        <Dropdown
          label={label}
          value={value}
          options={choices.map((choice) => ({ value: choice.value, label: l10n.t(choice.title) }))}
          disabled={disabled}
          onChange={(chosen) => onInput(id, chosen)}
        />
      </Row>
    );
  return (
    <Row label={label} description={description} problem={problem}>
      <TextField
        label={label}
        value={value}
        placeholder={emptyMeans(field)}
        invalid={problem !== undefined}
        numeric={type !== 'text'}
        disabled={disabled}
        onInput={(text) => onInput(id, text)}
      />
    </Row>
  );
}

function emptyMeans(field: Field): string | undefined {
  if (field.default === null) return l10n.t('off');
  return field.default === undefined ? l10n.t('automatic') : undefined;
}

export function problemText(problem: FieldProblem): string {
  switch (problem.kind) {
    case 'number':
      return l10n.t('Must be a number.');
    case 'integer':
      return l10n.t('Must be a whole number.');
    case 'required':
      return l10n.t('Pick at least one.');
    case 'min':
      return l10n.t('Must be at least {0}.', limit(problem.limit));
    case 'max':
      return l10n.t('Must be at most {0}.', limit(problem.limit));
    case 'above':
      return l10n.t('Must be more than {0}.', limit(problem.limit));
    case 'below':
      return l10n.t('Must be less than {0}.', limit(problem.limit));
    case 'other':
      return textIn(l10n.t, problem.words);
  }
}
const limit = (value: number) => (Number.isInteger(value) ? integer(value) : String(value));
