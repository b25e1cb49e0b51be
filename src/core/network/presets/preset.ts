import type * as v from 'valibot';
import type { NetworkSpecInput } from '../network';

/** A family of networks: with its parameters, a network. A file of src/core/network/presets each. */
export interface Preset<Parameters extends object = object> {
  readonly id: string;
  readonly title: string;
  /** One line: what it is. */
  readonly description: string;
  /** Each with title, description, default and range: forms, flags and help are made of it. */
  readonly parameters: v.GenericSchema<unknown, Parameters>;
  network(parameters: Parameters): NetworkSpecInput;
}

/** A preset, the type of its parameters inferred from their schema. */
export function preset<Parameters extends object>(made: Preset<Parameters>): Preset<Parameters> {
  return made;
}
