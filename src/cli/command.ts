import type { Command } from 'commander';
import { UsageError } from '../core/usageError';

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An end that is no failure of ours and has been explained already: only the exit code is left to give. */
export class Ended extends Error {
  constructor(readonly exitCode: number) {
    super();
  }
}

/** Parses the command line, runs what it asks for, and turns whatever goes wrong into one line and an exit code. */
export async function runProgram(program: Command): Promise<void> {
  for (const command of withSubcommands(program)) {
    // Commander has printed what is wrong, or the help that was asked for.
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.usage));
    command.showHelpAfterError(`("${nameOf(command)} --help" says more)`);
  }
  // Whoever reads our output may stop doing so: `involution runs | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    throw error;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof Ended) {
      process.exitCode = error.exitCode;
      return;
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    console.error(`involution: ${message}`);
    if (program.opts<{ debug?: boolean }>().debug) console.error(stack);
    process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
