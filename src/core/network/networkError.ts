import { WordedError } from '../wordedError';
import { listed, textOf, type Words } from '../words';

/** Where in a layer something is wrong, and what would be right. */
export interface FaultPlace {
  /** "groups", "generator.reductionRatio". */
  readonly field: string;
  /** Values that would do, or names for a field that there is not, the likeliest first. */
  readonly instead?: { readonly values: readonly unknown[] } | { readonly names: readonly string[] };
}

/** What is wrong with one layer. */
export interface NetworkProblem {
  /** "layers[4].main[1]"; empty for the network itself. */
  readonly path: string;
  /** The layer's, where there is such a kind. */
  readonly kind?: string;
  /** "groups must be a divisor of its input's 96 channels, but is 36". */
  readonly words: Words;
  /** None where it is about the layer as a whole. */
  readonly place?: FaultPlace | undefined;
}

/** "layers[4].main[1] (involution): groups must be a divisor of its input's 96 channels, but is 36". */
export const problemText = (problem: NetworkProblem): string => textOf(located(problem));

function located({ path, kind, words }: NetworkProblem): Words {
  if (path === '') return words;
  return ['{0}: {1}', kind === undefined ? path : `${path} (${kind})`, words];
}

/** A network that is none, or can't be built for such images: everything that is wrong with it, by its path. */
export class NetworkError extends WordedError {
  override readonly name = 'NetworkError';
  constructor(
    readonly network: string,
    readonly problems: readonly NetworkProblem[],
  ) {
    super(['The network "{0}" can\'t be built: {1}.', network, listed(problems.map(located))]);
  }
}
