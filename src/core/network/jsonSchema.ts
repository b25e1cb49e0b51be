import { toJsonSchema } from '@valibot/to-json-schema';
import { NetworkSpec } from './network';

/** The JSON Schema (draft 2020-12) of a network as a person writes it, for editors and other programs. */
export function networkJsonSchema(): object {
  return toJsonSchema(NetworkSpec, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // JSON's numbers are all finite; what our metadata says, the schema's own words say too.
    ignoreActions: ['finite', 'metadata'],
  });
}
