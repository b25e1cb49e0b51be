/** C0, C1, line separators, and what turns the direction of text around. */
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A name, or a line with names in it, such that it stays in its line and tells a terminal nothing: an escape character
 * is shown as "\u001b".
 */
export const printable = (text: string): string => text.replace(unprintable, escaped);

/** The same for whole lines. In JSON it is the same string, since there such characters can only be part of one. */
export const printableLines = (text: string): string =>
  text.replace(unprintable, (character) => ('\n\t'.includes(character) ? character : escaped(character)));

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A word of a command that is shown to be copied: as it is, or in single quotes, for a POSIX shell. */
export function shellWord(text: string): string {
  const word = printable(text);
  if (/^[\w./:@%+=-]+$/.test(word) && !word.startsWith('-')) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
