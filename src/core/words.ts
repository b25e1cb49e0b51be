/**
 * A sentence, and what stands for its {0}, {1} …; that may be a phrase of its own. The core speaks English; whoever shows
 * it to a person may have the same sentence in another language.
 */
export type Words = readonly [template: string, ...filled: Filling[]];
type Filling = string | number | Words;

/** In English. */
export const textOf = ([template, ...filled]: Words): string =>
  template.replaceAll(/\{(\d)\}/g, (_, place) => {
    const filling = filled[Number(place)]!;
    return typeof filling === 'object' ? textOf(filling) : String(filling);
  });

/** What a schema says is allowed, "an integer from 1 to 31": its numbers and names come out, so that sentences recur. */
export function phraseOf(text: string): Words {
  const filled: string[] = [];
  const place = (found: string) => `{${filled.push(found) - 1}}`;
  const list = /^one of (.+)$/s.exec(text);
  if (list) return ['one of {0}', list[1]!];
  const template = text.replaceAll(/"[^"]*"|\d+(?:\.\d+)?(?:e-?\d+)?/g, place);
  return [template, ...filled];
}
