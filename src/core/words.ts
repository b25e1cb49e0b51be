/**
 * A sentence, and what stands for its {0}, {1} …; that may be a phrase of its own. The core speaks English; whoever shows
 * it to a person may have the same sentence in another language: `npm run strings` collects every `Words` of the core.
 */
export type Words = readonly [template: string, ...filled: Filling[]];
type Filling = string | number | Words;

/** Has a template in some language, and fills it in. */
export type Translate = (template: string, ...filled: (string | number)[]) => string;

/** In a language. */
export const textIn = (translate: Translate, [template, ...filled]: Words): string =>
  translate(template, ...filled.map((each) => (typeof each === 'object' ? textIn(translate, each) : each)));

/** In English. */
export const textOf = (words: Words): string => textIn(fillIn, words);

const fillIn: Translate = (template, ...filled) =>
  template.replaceAll(/\{(\d)\}/g, (_, place) => String(filled[Number(place)]));

/** Several as one; there is one at least. */
export const listed = (all: readonly Words[]): Words =>
  all.reduce((list, each): Words => ['{0}; {1}', list, each]);

/** What a schema says is allowed, "an integer from 1 to 31": its numbers and names come out, so that sentences recur. */
export function phraseOf(text: string): Words {
  const filled: string[] = [];
  const place = (found: string) => `{${filled.push(found) - 1}}`;
  const list = /^one of (.+)$/s.exec(text);
  if (list) return ['one of {0}', list[1]!];
  const phrase: [string, ...string[]] = [
    text.replaceAll(/"[^"]*"|\d+(?:\.\d+)?(?:e-?\d+)?/g, place),
    ...filled,
  ];
  return phrase;
}
