/** What is wrong with one layer. */
export interface NetworkProblem {
  /** "layers[4].main[1]"; empty for the network itself. */
  readonly path: string;
  /** The layer's, where there is such a kind. */
  readonly kind?: string;
  /** "groups must be a divisor of its input's 96 channels, but is 36". */
  readonly message: string;
}

/** "layers[4].main[1] (involution): groups must be a divisor of its input's 96 channels, but is 36". */
export function problemText({ path, kind, message }: NetworkProblem): string {
  if (path === '') return message;
  return `${path}${kind === undefined ? '' : ` (${kind})`}: ${message}`;
}

/** A network that is none, or can't be built for such images: everything that is wrong with it, by its path. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  constructor(
    readonly network: string,
    readonly problems: readonly NetworkProblem[],
  ) {
    super(`The network "${network}" can't be built: ${problems.map(problemText).join('; ')}.`);
  }
}
