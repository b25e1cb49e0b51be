import * as l10n from '@vscode/l10n';
import { Icon } from '../shared/toolkit';
import { type FieldProps, FieldRow } from './fields';
import { fields, isAsked } from './form';

interface HyperParametersProps extends FieldProps {
  expanded: boolean;
  onToggle: (expanded: boolean) => void;
}

/** The form asks for these above. */
const above = ['data', 'data.folder.path', 'epochs'];
const hyperParameters = fields.filter(({ id }) => !above.includes(id));

/** Everything of a RunSpec beyond data set, models and epochs. */
export function HyperParameters({ expanded, onToggle, ...props }: HyperParametersProps) {
  return (
    <div class="hyper-parameters">
      <button type="button" class="disclosure" aria-expanded={expanded} onClick={() => onToggle(!expanded)}>
        <Icon name={expanded ? 'chevron-down' : 'chevron-right'} /> {l10n.t('Hyper-parameters')}
      </button>
      {expanded &&
        hyperParameters
          .filter((field) => isAsked(field, props.form))
          .map((field) => <FieldRow key={field.id} field={field} {...props} />)}
    </div>
  );
}
