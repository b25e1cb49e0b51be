import type * as v from 'valibot';

/** What is read of a schema beyond valibot's own methods. */
interface Anatomy {
  readonly wrapped?: Anatomy;
  readonly getter?: (value: unknown) => Anatomy;
  readonly options?: readonly Anatomy[];
  readonly entries?: Record<string, Anatomy>;
  readonly item?: Anatomy;
  readonly literal?: unknown;
}

/**
 * The names of the fields that an object may have, which lies on a path within a value.
 * @param path as valibot's issues have it, down to the object `value`.
 */
export function entriesAt(
  schema: v.GenericSchema<unknown, unknown>,
  path: readonly v.IssuePathItem[],
  value: unknown,
): string[] {
  let at = schema as unknown as Anatomy | undefined;
  for (const { input, key } of path) {
    const container = at && opened(at, input);
    at = container?.item ?? container?.entries?.[String(key)];
  }
  return Object.keys((at && opened(at, value))?.entries ?? {});
}

/** The schema of an object or an array beneath what makes it optional, recursive or one of several kinds. */
function opened(schema: Anatomy, value: unknown): Anatomy | undefined {
  if (schema.wrapped) return opened(schema.wrapped, value);
  if (schema.getter) return opened(schema.getter(value), value);
  if (!schema.options) return schema;
  const { kind } = value as { kind?: unknown };
  return schema.options.find(({ entries }) => entries?.kind?.literal === kind);
}
