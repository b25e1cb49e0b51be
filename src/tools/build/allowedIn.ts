/** A schema of valibot, or a check in its pipe, as far as it is looked at here. */
interface Anatomy {
  readonly message?: unknown;
  readonly pipe?: readonly Anatomy[];
  readonly wrapped?: Anatomy;
  readonly getter?: (value: unknown) => Anatomy;
  /** Schemas, or the words of a choice. */
  readonly options?: readonly unknown[];
  readonly entries?: Readonly<Record<string, Anatomy>>;
  readonly item?: Anatomy;
}

/** What a schema says is allowed, wherever in it: "an integer from 1 to 31". */
export function allowedIn(schema: unknown): string[] {
  const [seen, found] = [new Set<unknown>(), new Set<string>()];
  function look(value: unknown): void {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const { message, pipe = [], options = [], entries = {}, wrapped, item, getter } = value as Anatomy;
    if (typeof message === 'string') found.add(message);
    for (const inner of [...pipe, ...options, ...Object.values(entries), wrapped, item, getter?.(undefined)])
      look(inner);
  }
  look(schema);
  return [...found];
}
