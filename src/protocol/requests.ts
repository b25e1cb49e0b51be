import * as v from 'valibot';

/** For each function that the other side may call, what its arguments must be. */
export type ArgumentSchemas<Functions> = {
  [K in keyof Functions]: Functions[K] extends (...args: infer A) => unknown
    ? v.GenericSchema<unknown, A>
    : never;
};

/**
 * A function of `functions` for who calls it by name: only one that has a schema, and only with arguments that fit it.
 * Undefined for any other name. `caller` is named in the refusal.
 */
export function guarded<Functions extends object>(
  functions: Functions,
  schemas: ArgumentSchemas<Functions>,
  name: string,
  caller: string,
): ((...args: unknown[]) => Promise<unknown>) | undefined {
  if (!Object.hasOwn(schemas, name)) return undefined;
  const schema: v.GenericSchema<unknown, unknown[]> = schemas[name as keyof Functions];
  return async (...args) => {
    // The first fault will do: an array may have a million.
    const result = v.safeParse(schema, args, { abortEarly: true });
    if (!result.success)
      throw new Error(`Refused "${name}" from the ${caller}: ${v.summarize(result.issues).slice(0, 500)}`);
    const called = functions[name as keyof Functions] as (...args: unknown[]) => unknown;
    return called.apply(functions, result.output);
  };
}
