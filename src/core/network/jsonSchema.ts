import { toJsonSchema } from '@valibot/to-json-schema';
import { NetworkSpec } from './network';

/** The JSON Schema (draft 2020-12) of a network as a person writes it, for editors and other programs. */
export function networkJsonSchema(): object {
  const schema = toJsonSchema(NetworkSpec, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // JSON's numbers are all finite; what our metadata says, the schema's own words say too.
    ignoreActions: ['finite', 'metadata'],
  });
  return withKinds(schema) as object;
}

interface ObjectSchema {
  readonly title?: string;
  readonly description?: string;
  readonly properties?: { readonly kind?: { readonly const?: string } };
}

/**
 * Wherever an object is one of several kinds, the kinds with their words are said once more beside them: an editor offers
 * those only whose other fields are there already.
 */
function withKinds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withKinds);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withKinds(value)]));
  const kinds = ((copy.oneOf ?? []) as ObjectSchema[]).flatMap(({ title, description, properties }) =>
    properties?.kind?.const === undefined ? [] : [{ const: properties.kind.const, title, description }],
  );
  return kinds.length === 0 ? copy : { ...copy, properties: { kind: { oneOf: kinds } } };
}
