import { textOf, type Words } from './words';

/** What was asked for makes no sense, whatever the data, the files and the machine: it has to be asked otherwise. */
export class UsageError extends Error {
  readonly words: Words | null;

  /** @param said a text where whoever asks speaks one language only */
  constructor(said: Words | string) {
    super(typeof said === 'string' ? said : textOf(said));
    this.words = typeof said === 'string' ? null : said;
  }
}
