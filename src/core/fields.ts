import * as v from 'valibot';

/** One thing that a schema asks for, in the words of the schema's own metadata: what a form's row or an option is made of. */
export interface Field {
  /** Where a value has it: "optimizer.momentum". */
  readonly path: string;
  /** Its name among all fields: the kind is in it where several kinds have a field of one path: "optimizer.sgd.momentum". */
  readonly id: string;
  /** Set where only one kind of a variant has it: the variant's path, and the kind. */
  readonly of?: { readonly variant: string; readonly kind: string };
  readonly title: string;
  readonly description: string;
  /** How the command calls it, as its library writes options: "--momentum <fraction>". */
  readonly flags?: string;
  /** `group`: an object, whose own fields follow. */
  readonly type: 'integer' | 'number' | 'text' | 'boolean' | 'choice' | 'group';
  /** Of a choice. */
  readonly choices: readonly { readonly value: string; readonly title: string }[];
  /** Undefined: there is none. Null: off. Of a variant, its kind. */
  readonly default: unknown;
}

type Schema = v.GenericSchema<unknown, unknown>;
/** What is read of a schema beyond valibot's own methods. */
interface Anatomy {
  readonly type: string;
  readonly wrapped?: Schema;
  readonly default?: unknown;
  readonly entries?: Record<string, Schema>;
  readonly options?: readonly unknown[];
  readonly literal?: string;
  readonly pipe?: readonly { readonly type: string }[];
}
const anatomy = (schema: unknown) => schema as Anatomy;

/** The fields of an object's schema in its order, those of its variants and objects included; entries without a title are none. */
export function fieldsOf(schema: Schema): Field[] {
  return fieldsIn(anatomy(schema).entries!, '', '');
}

function fieldsIn(entries: Record<string, Schema>, path: string, id: string, of?: Field['of']): Field[] {
  return Object.entries(entries).flatMap(([key, entry]) => {
    const { schema, fallback } = unwrapped(entry);
    const title = v.getTitle(schema);
    if (title === undefined) return [];
    const { type, entries: own, options = [] } = anatomy(schema);
    const place = { path: path + key, id: id + key };
    const field = {
      ...place,
      ...(of && { of }),
      title,
      description: v.getDescription(schema) ?? '',
      ...(v.getMetadata(schema) as Pick<Field, 'flags'>),
      choices: [],
      default: fallback,
    };
    switch (type) {
      case 'variant': {
        const kinds = options.map((option) => kindOf(option as Schema));
        const members = kinds.flatMap((kind) =>
          fieldsIn(kind.entries, `${place.path}.`, `${place.id}.${kind.value}.`, {
            variant: place.path,
            kind: kind.value,
          }),
        );
        const kind = (fallback as { kind?: string } | undefined)?.kind;
        return [{ ...field, type: 'choice', choices: kinds, default: kind }, ...members];
      }
      case 'object':
        return [{ ...field, type: 'group' }, ...fieldsIn(own!, `${place.path}.`, `${place.id}.`, of)];
      case 'picklist':
        return [
          {
            ...field,
            type: 'choice',
            choices: (options as string[]).map((value) => ({ value, title: value })),
          },
        ];
      case 'string':
        return [{ ...field, type: 'text' }];
      case 'boolean':
        return [{ ...field, type: 'boolean' }];
      default:
        return [{ ...field, type: isInteger(schema) ? 'integer' : 'number' }];
    }
  });
}

/** A schema without what makes it optional or nullable, and what stands for a value that is left out. */
function unwrapped(schema: Schema): { schema: Schema; fallback: unknown } {
  let fallback: unknown;
  let inner = schema;
  for (;;) {
    const { wrapped, default: value } = anatomy(inner);
    if (!wrapped) return { schema: inner, fallback };
    if (fallback === undefined) fallback = value;
    inner = wrapped;
  }
}

/** Schemas are built on each other: one's pipe may begin with another. */
const isInteger = (part: unknown): boolean => {
  const { type, pipe = [] } = anatomy(part);
  return /integer/.test(type) || pipe.some(isInteger);
};

function kindOf(option: Schema): { value: string; title: string; entries: Record<string, Schema> } {
  const { entries = {} } = anatomy(option);
  const value = anatomy(entries.kind).literal!;
  return { value, title: v.getTitle(option) ?? value, entries };
}
