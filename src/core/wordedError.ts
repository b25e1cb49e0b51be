import { type Translate, textIn, textOf, type Words } from './words';

/** An error whose message can be said in another language. */
export class WordedError extends Error {
  constructor(readonly words: Words) {
    super(textOf(words));
  }
}

/** What an error says, where the core said it: a WordedError's, or of one that has to be another kind of error. */
export function wordsOf(error: unknown): Words | null {
  const { words } = (error ?? {}) as { words?: unknown };
  return Array.isArray(words) && typeof words[0] === 'string' ? (words as unknown as Words) : null;
}

/** What an error says in that language, as far as it is the core's. */
export function messageIn(translate: Translate, error: Error): string {
  const words = wordsOf(error);
  return words ? textIn(translate, words) : error.message;
}

/** The same error, which says it in that language, in its stack too. */
export function errorIn<E extends Error>(translate: Translate, error: E): E {
  const message = messageIn(translate, error);
  if (message === error.message) return error;
  const stack = error.stack?.replace(error.message, () => message);
  return Object.assign(error, { message, stack });
}
