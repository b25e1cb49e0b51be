import * as l10n from '@vscode/l10n';
import type { FieldProblem } from '../../../src/core/fieldProblem';
import type { Parameter } from '../../../src/core/network/parameters';
import { Dropdown } from '../../shared/Dropdown';
import { Checkbox, TextField } from '../../shared/toolkit';
import { Row } from '../fields';

interface ParametersProps {
  parameters: readonly Parameter[];
  text: Readonly<Record<string, string>>;
  problems: Readonly<Record<string, FieldProblem>>;
  disabled: boolean;
  onInput: (parameter: string, value: string) => void;
}

/** A field for each parameter that the preset's schema has. */
export function Parameters({ parameters, ...rest }: ParametersProps) {
  return (
    <>
      {parameters.map((parameter) => (
        <ParameterField key={parameter.name} parameter={parameter} {...rest} />
      ))}
    </>
  );
}

function ParameterField({
  parameter,
  text,
  problems,
  disabled,
  onInput,
}: Omit<ParametersProps, 'parameters'> & { parameter: Parameter }) {
  const { name, type, choices = [] } = parameter;
  const label = l10n.t(parameter.title);
  const description = l10n.t(parameter.description);
  const value = text[name] ?? '';
  const problem = problems[name];
  const automatic = l10n.t('automatic');
  const input = (next: string) => onInput(name, next);
  if (type === 'boolean')
    return (
      <Row label="" description={description} problem={problem}>
        <Checkbox checked={value === 'true'} disabled={disabled} onChange={(on) => input(String(on))}>
          {label}
        </Checkbox>
      </Row>
    );
  return (
    <Row label={label} description={description} problem={problem}>
      {type === 'choice' ? (
        <Dropdown
          label={label}
          value={value}
          options={[
            ...(parameter.default === null ? [{ value: '', label: automatic }] : []),
            ...choices.map((choice) => ({ value: String(choice), label: String(choice) })),
          ]}
          disabled={disabled}
          onChange={input}
        />
      ) : (
        <TextField
          label={label}
          value={value}
          placeholder={parameter.default === null ? automatic : String(parameter.default)}
          invalid={problem !== undefined}
          numeric={type !== 'text'}
          disabled={disabled}
          onInput={input}
        />
      )}
    </Row>
  );
}
