import * as v from 'valibot';

/** A function that the other side may call. A protocol is a table of them; all else that there is to know of a call follows. */
export interface Call<Arguments extends unknown[] = unknown[], Answer = unknown> {
  readonly takes: v.GenericSchema<unknown, Arguments>;
  /**
   * It lasts as long as it lasts, since it waits for a person, or reports its progress and can be cancelled. Any other
   * that is not answered in time is an error.
   */
  readonly isLong: boolean;
  /** A type only: what comes back is the product's own. */
  readonly answer?: Answer;
}
export type Calls = Readonly<Record<string, Call>>;

/** The functions that a table describes. */
export type FunctionsOf<Table extends Calls> = {
  [K in keyof Table]: Table[K] extends Call<infer Arguments, infer Answer>
    ? (...args: Arguments) => Promise<Answer>
    : never;
};

export const longCalls = (table: Calls) => Object.keys(table).filter((name) => table[name]!.isLong);

/** An entry of a table, of the schema of each argument. */
export function takes<Schemas extends v.GenericSchema[]>(...schemas: Schemas) {
  type Arguments = { [K in keyof Schemas]: v.InferInput<Schemas[K]> };
  const schema = v.strictTuple(schemas) as unknown as v.GenericSchema<unknown, Arguments>;
  const entry =
    (isLong: boolean) =>
    <Answer = void>(): Call<Arguments, Answer> => ({ takes: schema, isLong });
  return { answers: entry(false), answersInTheEnd: entry(true) };
}

/** What one side tells the other unasked; `Arguments` is a type only. */
export interface News<Arguments extends unknown[] = unknown[]> {
  /** The sender waits until it was heard. */
  readonly isAwaited: boolean;
  readonly arguments?: Arguments;
}
export const told = <Arguments extends unknown[]>(): News<Arguments> => ({ isAwaited: false });
export const toldAndAwaited = <Arguments extends unknown[]>(): News<Arguments> & { isAwaited: true } => ({
  isAwaited: true,
});

/** The functions that hear a table of news. */
export type HearersOf<Table extends Readonly<Record<string, News>>> = {
  [K in keyof Table]: Table[K] extends News<infer Arguments>
    ? (...args: Arguments) => Table[K] extends { isAwaited: true } ? Promise<void> : void
    : never;
};

/** The names of those that nobody waits for: birpc sends them as events. */
export const eventNames = <Table extends Readonly<Record<string, News>>>(table: Table) =>
  (Object.keys(table) as (keyof Table & string)[]).filter((name) => !table[name]!.isAwaited);

/**
 * A function of `functions` for who calls it by name: only one that is in the table, and only with arguments that fit.
 * Undefined for any other name. `caller` is named in the refusal.
 */
export function guarded<Table extends Calls>(
  functions: FunctionsOf<Table>,
  table: Table,
  name: string,
  caller: string,
): ((...args: unknown[]) => Promise<unknown>) | undefined {
  if (!Object.hasOwn(table, name)) return undefined;
  const schema: v.GenericSchema<unknown, unknown[]> = table[name]!.takes;
  return async (...args) => {
    // The first fault will do: an array may have a million.
    const result = v.safeParse(schema, args, { abortEarly: true });
    if (!result.success)
      throw new Error(`Refused "${name}" from the ${caller}: ${v.summarize(result.issues).slice(0, 500)}`);
    const called = functions[name] as (...args: unknown[]) => unknown;
    return called.apply(functions, result.output);
  };
}
