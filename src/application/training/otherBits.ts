import * as l10n from '@vscode/l10n';
import type { EngineName } from '../../core/runs/spec';

interface Arithmetic {
  readonly name: EngineName;
  readonly arithmetic?: string | undefined;
}

/** What to say of a run that goes on with another arithmetic than it began with; undefined where it is the same. */
export function otherBits(began: Arithmetic, goesOn: Arithmetic): string | undefined {
  if (goesOn.name !== began.name)
    return l10n.t(
      'The run began on {0} and continues on {1}: results agree within float tolerance, not to the bit.',
      ...[began.name, goesOn.name],
    );
  if (began.arithmetic && goesOn.arithmetic && goesOn.arithmetic !== began.arithmetic)
    return l10n.t(
      'The run began on {0} {1} and continues {2}: results agree within float tolerance, not to the bit.',
      ...[began.name, l10n.t(began.arithmetic), l10n.t(goesOn.arithmetic)],
    );
  return undefined;
}
