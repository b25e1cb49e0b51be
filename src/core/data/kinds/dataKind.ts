import * as v from 'valibot';
import type { Images } from '../images';

interface Definition<Kind extends string, Fields extends v.ObjectEntries> {
  readonly kind: Kind;
  readonly title: string;
  /** Behind the title, where one is chosen. */
  readonly description: string;
  /** The title within a sentence. */
  readonly phrase: string;
  /** What can be said of such a data set. */
  readonly fields: Fields;
  /** Known before any of it is there; null where it depends. */
  readonly images: Images | null;
  /** The seed decides what is drawn, or what is held out. */
  readonly isSeeded: boolean;
}

/** A kind of data set: a file of this folder, a line in dataKinds.ts, and in src/node/data what loads it. */
export function dataKind<const Kind extends string, const Fields extends v.ObjectEntries>(
  definition: Definition<Kind, Fields>,
) {
  const { kind, title, description, fields } = definition;
  const schema = v.pipe(
    v.object({ kind: v.literal(kind), ...fields }),
    v.title(title),
    v.description(description),
  );
  return { ...definition, schema };
}
