/**
 * Text that comes from outside (names of runs, classes and files, messages of errors) before the editor shows it. In
 * notifications, progress titles and prompts VS Code makes `[text](command:…)` a link that runs a command, and in
 * pickers and the status bar `$(name)` an icon, wherever the words came from.
 */

/** Longer than any message of ours: a path of 4096 characters and the sentence around it still fit. */
const mostCharacters = 5_000;

/** What a terminal obeys, what turns the direction of writing (a name that reads "gnp.exe"), what can't be seen. */
const unseen =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** On one line, nothing in it that can't be seen; cut to `most` characters. */
export function singleLine(text: string, most = mostCharacters): string {
  return shortened(text, most)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(unseen, '')
    .trim();
}

/** The same, and no part of it is a link or an icon: "[x] (command:…)" and "$ (sync)". */
export function plainText(text: string): string {
  return unlinked(singleLine(text));
}

/** Of several lines, such as a tooltip. */
export function plainLines(text: string): string {
  return shortened(text, mostCharacters).split('\n').map(plainText).join('\n');
}

function unlinked(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}

/** Before anything looks at it: what came may have any length. Half of a surrogate pair is not left over. */
function shortened(text: string, most: number): string {
  return (text.length > most ? `${text.slice(0, most)}…` : text).replace(/\p{Cs}/gu, '\ufffd');
}
