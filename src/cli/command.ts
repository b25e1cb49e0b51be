import type { Command } from 'commander';
import { UsageError } from '../core/usageError';
import { inWords } from '../node/files/systemErrors';
import { Ended, exitCodes } from './exitCodes';
import { ignoresHangup } from './hangup';
import { guardOutput } from './output';
import { printable } from './printable';

/** Parses the command line, runs what it asks for, and turns whatever goes wrong into one line and an exit code. */
export async function runProgram(program: Command): Promise<void> {
  guardOutput();
  if (ignoresHangup()) process.on('SIGHUP', () => {});
  for (const command of withSubcommands(program)) {
    // Commander has printed what is wrong, or the help that was asked for.
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.usage));
    command.showHelpAfterError(`("${nameOf(command)} --help" says more)`);
    command.configureOutput({
      writeOut: (text) => console.log(text.trimEnd()),
      writeErr: (text) => console.error(text.trimEnd()),
    });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof Ended) {
      process.exitCode = error.exitCode;
      return;
    }
    const { message, stack } = inWords(error);
    console.error(`involution: ${printable(message)}`);
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
