import * as v from 'valibot';

/** Fields of options, each with its words and its range. Their messages end the sentence "… must be …". */

interface Words {
  readonly title: string;
  readonly description: string;
}

export function integer({ title, description, minimum }: Words & { readonly minimum: number }) {
  const message = `an integer of at least ${minimum}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(minimum, message),
    v.title(title),
    v.description(description),
    v.metadata({ minimum }),
  );
}

/** A finite number above 0. */
export function positive({ title, description }: Words) {
  const message = 'a finite number above 0';
  return v.pipe(
    v.number(message),
    v.finite(message),
    v.gtValue(0, message),
    v.title(title),
    v.description(description),
    v.metadata({ above: 0 }),
  );
}

export function fraction({ title, description }: Words) {
  const message = 'a number from 0 to 1';
  return v.pipe(
    v.number(message),
    v.minValue(0, message),
    v.maxValue(1, message),
    v.title(title),
    v.description(description),
    v.metadata({ minimum: 0, maximum: 1 }),
  );
}

export function choice<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  { title, description }: Words,
) {
  const message = `one of ${choices.map((each) => JSON.stringify(each)).join(', ')}`;
  return v.pipe(v.picklist(choices, message), v.title(title), v.description(description));
}

export function flag({ title, description }: Words) {
  return v.pipe(v.boolean('true or false'), v.title(title), v.description(description));
}
