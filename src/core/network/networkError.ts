/** What is wrong with one layer. */
export interface NetworkProblem {
  /** "layers[4].main[1]"; empty for the network itself. */
  readonly path: string;
  /** "(involution): groups must be a divisor of its input's 96 channels, but is 36". */
  readonly message: string;
}

/** A network that is none, or can't be built for such images: everything that is wrong with it, by its path. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  constructor(
    network: string,
    readonly problems: readonly NetworkProblem[],
  ) {
    const list = problems.map(({ path, message }) => (path === '' ? message : `${path} ${message}`));
    super(`The network "${network}" can't be built: ${list.join('; ')}.`);
  }
}
