/** An end that is no failure of ours and has been explained already: only the exit code is left to give. */
export class Ended extends Error {
  constructor(readonly exitCode: number) {
    super();
  }
}

/** As `--help` says. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
