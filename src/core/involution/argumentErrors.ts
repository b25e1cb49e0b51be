import { textOf, type Words } from '../words';

/** An argument that can't be used: says which, what it was and what is allowed. */
export class ArgumentError extends RangeError {
  readonly argument: string;
  readonly allowed: string;
  /** @internal For who says it in another language. */
  readonly words: Words;

  /** @internal */
  constructor(
    argument: string | Words,
    readonly received: unknown,
    allowed: Words,
  ) {
    const words: Words = ['{0} must be {1}, but is {2}.', argument, allowed, JSON.stringify(received)];
    super(textOf(words));
    this.name = 'ArgumentError';
    this.argument = typeof argument === 'string' ? argument : textOf(argument);
    this.allowed = textOf(allowed);
    this.words = words;
  }
}

/** @returns the value, when it is an integer of at least 1. */
export function positiveInteger(argument: string, received: unknown): number {
  if (!Number.isInteger(received) || (received as number) < 1) {
    throw new ArgumentError(argument, received, ['an integer of at least {0}', 1]);
  }
  return received as number;
}

/** @returns the value, when it is one of the choices. */
export function oneOf<Choice>(argument: string, received: unknown, choices: readonly Choice[]): Choice {
  if (!choices.includes(received as Choice)) {
    const names = choices.map((choice) => JSON.stringify(choice)).join(', ');
    throw new ArgumentError(argument, received, ['one of {0}', names]);
  }
  return received as Choice;
}

/**
 * @param what an argument of Involution, say.
 * @throws ArgumentError for a name that is not among the known ones, with the one that was probably meant.
 */
export function knownName(what: Words, received: string, known: readonly string[]): void {
  if (known.includes(received)) return;
  const similar = similarName(received, known);
  const names = known.map((name) => JSON.stringify(name)).join(', ');
  throw new ArgumentError(
    what,
    received,
    similar === undefined
      ? ['one of {0}', names]
      : ['one of {0} (did you mean {1}?)', names, JSON.stringify(similar)],
  );
}

/**
 * The name that was probably meant: "kernel_size" for kernelSize, "stride" for strides, "ratio" for reductionRatio,
 * "redent" for rednet.
 */
export function similarName(received: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
  const wanted = plain(received);
  const likeness = (name: string) => {
    const other = plain(name);
    if (wanted.length >= 4 && (other.includes(wanted) || wanted.includes(other))) return 100;
    // Two slips make a convolution of an involution.
    if (wanted.length >= 3 && slipsBetween(wanted, other) <= 1) return 50;
    let common = 0;
    while (common < wanted.length && wanted[common] === other[common]) common++;
    return common;
  };
  const [best] = known.toSorted((a, b) => likeness(b) - likeness(a) || a.length - b.length);
  return best !== undefined && likeness(best) >= 4 ? best : undefined;
}

/** Letters that are missing, too many, wrong, or changed places with the next: how often a typist slipped at most. */
function slipsBetween(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const wrong = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(row[j - 1]! + 1, last[j]! + 1, wrong, swapped ? before[j - 2]! + 1 : Infinity));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
