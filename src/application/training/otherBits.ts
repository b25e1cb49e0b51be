import type { EngineName } from '../../core/runs/spec';

interface Arithmetic {
  readonly name: EngineName;
  readonly arithmetic?: string | undefined;
}

/** What to say of a run that goes on with another arithmetic than it began with; undefined where it is the same. */
export function otherBits(began: Arithmetic, goesOn: Arithmetic): string | undefined {
  const agreement = 'results agree within float tolerance, not to the bit.';
  if (goesOn.name !== began.name)
    return `The run began on ${began.name} and goes on on ${goesOn.name}: ${agreement}`;
  if (began.arithmetic && goesOn.arithmetic && goesOn.arithmetic !== began.arithmetic)
    return `The run began on ${began.name} ${began.arithmetic} and goes on ${goesOn.arithmetic}: ${agreement}`;
  return undefined;
}
