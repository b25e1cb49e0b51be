/** An argument that can't be used: says which, what it was and what is allowed. */
export class ArgumentError extends RangeError {
  constructor(
    readonly argument: string,
    readonly received: unknown,
    readonly allowed: string,
  ) {
    super(`${argument} must be ${allowed}, but is ${JSON.stringify(received)}.`);
    this.name = 'ArgumentError';
  }
}

/** @returns the value, when it is an integer of at least 1. */
export function positiveInteger(argument: string, received: unknown): number {
  if (!Number.isInteger(received) || (received as number) < 1) {
    throw new ArgumentError(argument, received, 'an integer of at least 1');
  }
  return received as number;
}

/** @returns the value, when it is one of the choices. */
export function oneOf<Choice>(argument: string, received: unknown, choices: readonly Choice[]): Choice {
  if (!choices.includes(received as Choice)) {
    throw new ArgumentError(argument, received, `one of ${choices.map((c) => JSON.stringify(c)).join(', ')}`);
  }
  return received as Choice;
}
