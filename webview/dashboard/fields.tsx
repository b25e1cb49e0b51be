import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import type { FieldProblem } from '../../src/core/fieldProblem';
import { integer } from '../shared/format';
import { TextField } from '../shared/toolkit';
import type { Form, Problems, TextField as TextFieldName } from './form';

/** A label, a control, and what is wrong with it. */
export function Row({
  label,
  hint,
  problem,
  children,
}: {
  label: string;
  /** Said where the label is pointed at. */
  hint?: string;
  problem?: FieldProblem;
  children: ComponentChildren;
}) {
  return (
    <div class={`field ${problem ? 'invalid' : ''}`}>
      <span class="label" title={hint}>
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
  onInput: (field: TextFieldName, value: string) => void;
}

interface NumberRowProps extends FieldProps {
  field: TextFieldName;
  label: string;
  /** What an empty field means. */
  placeholder?: string;
  numeric?: boolean;
}
export function NumberRow({ form, problems, disabled, onInput, numeric = true, ...rest }: NumberRowProps) {
  const { field, label, placeholder } = rest;
  const problem = problems[field];
  return (
    <Row label={label} problem={problem}>
      <TextField
        label={label}
        value={form.text[field]}
        placeholder={placeholder}
        invalid={problem !== undefined}
        numeric={numeric}
        disabled={disabled}
        onInput={(value) => onInput(field, value)}
      />
    </Row>
  );
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
      return problem.text;
  }
}
const limit = (value: number) => (Number.isInteger(value) ? integer(value) : String(value));
