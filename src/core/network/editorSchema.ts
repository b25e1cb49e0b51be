import { networkJsonSchema } from './jsonSchema';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What tells, and judges nothing. */
const telling = ['$ref', 'const', 'title', 'description', 'default'];

/**
 * The JSON schema of networks for an editor that judges them by other means (src/core/networkFile), so that each fault is
 * told once: it has the same words and offers the same fields and values, and any value fits it.
 */
export const editorJsonSchema = (): object => loosened(networkJsonSchema() as Schema);

function loosened(schema: Schema): Schema {
  const { $defs, properties, items, oneOf, anyOf, enum: values, type } = schema;
  const offered = [
    ...[oneOf ?? anyOf ?? []].flat().map(loosened),
    ...(values === undefined ? [] : [{ enum: values }]),
    ...(type === 'boolean' ? [{ type }] : []),
  ];
  return {
    ...Object.fromEntries(
      telling.flatMap((keyword) => (keyword in schema ? [[keyword, schema[keyword]]] : [])),
    ),
    ...($defs && { $defs: mapped($defs) }),
    ...(properties && { properties: mapped(properties) }),
    ...(items && { items: loosened(items) }),
    // The fields of a kind are offered once its name is there.
    ...(properties?.kind?.const !== undefined && { required: ['kind'] }),
    ...(offered.length > 0 && { anyOf: [...offered, {}] }),
  };
}

const mapped = (schemas: Readonly<Record<string, Schema>>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, loosened(schema)]));
